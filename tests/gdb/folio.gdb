# SPDX-License-Identifier: MIT
#
# folio.gdb: read by `make gdb`.  The kernel's symbols are loaded already.
#
#   user sh          load the symbols of /bin/sh as well (all programs lie at
#                    the same addresses: one at a time)
#   kbreak NAME      stop in a kernel function even before paging is on
#
# A plain `break` on a kernel function works once the kernel runs in its upper
# half; kbreak uses a hardware breakpoint, which QEMU matches by address.

set confirm off
set pagination off
set print pretty on
set architecture riscv:rv64
set disassemble-next-line auto
set riscv use-compressed-breakpoints yes

python
import os


class User(gdb.Command):
    """Load the symbols of a user program of Folio: user sh"""

    def __init__(self):
        super().__init__("user", gdb.COMMAND_FILES)

    def invoke(self, name, from_tty):
        for folder in ("bin", "tests"):
            path = os.path.join("build", "user", folder, name)
            if os.path.isdir(path):
                path = os.path.join(path, name)
            if name and os.path.isfile(path):
                gdb.execute("add-symbol-file " + path)
                return
        raise gdb.GdbError("no such program: " + name)


User()
end

define kbreak
    hbreak $arg0
end
document kbreak
Set a hardware breakpoint, which works before paging is on too.
end

eval "target remote 127.0.0.1:%d", $folio_port
