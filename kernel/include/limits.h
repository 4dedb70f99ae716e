/* SPDX-License-Identifier: MIT */
/*
 * limits.h - sizes that programs may rely on.
 * Layer 0 (include): constants only.
 */
#pragma once

#define NAME_MAX 255 /* bytes of a file name, without the ending zero */
#define PATH_MAX 4096 /* bytes of a path, with the ending zero */
#define PIPE_BUF 4096 /* a write of at most this is not interleaved */
#define ARG_MAX 131072 /* bytes of arguments and environment */
#define NGROUPS_MAX 16
#define OPEN_MAX 240
