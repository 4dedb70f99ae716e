/* SPDX-License-Identifier: MIT */
/* partition.h - checking a partition table.  See partition.c. */
#pragma once

#include "include/mbr.h"

/*
 * Clear the entries of a table that cannot be.
 * => how many, of those that are in use; -EINVAL: there is no table
 */
int mbr_check(struct mbr *mbr, uint64_t disk_sectors);
