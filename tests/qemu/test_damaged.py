# SPDX-License-Identifier: MIT
"""ext2 damaged on purpose, which may neither hang nor crash nor spread."""
import re
import struct
import subprocess

import pytest

from machine import SECTOR, have
from test_disk import bad_disk

BLOCK, INODE, SIZE, INODES = 4096, 256, 2 << 20, 128
FAN = BLOCK // 4
USE = ("ls -lR >/dev/null; mkdir a/new; mv a/sub/loop a/x; "
       "rm -r a/sub/loop; rmdir a/sub/loop; mv a/sub b; rm -r a b; rm big")

pytestmark = pytest.mark.skipif(
    not have("mke2fs") and not have("/sbin/mke2fs"), reason="no mke2fs")


@pytest.fixture
def image(folder):
    """The bytes of a small file system, its inode table, numbers by name."""
    tree, path = folder / "tree", folder / "base.img"
    (tree / "a" / "sub" / "loop").mkdir(parents=True)
    (tree / "big").write_bytes(b"x" * BLOCK * 20)
    (tree / "link").symlink_to("a/sub")
    path.write_bytes(bytes(SIZE))
    subprocess.run(["/sbin/mke2fs", "-q", "-F", "-t", "ext2", "-b", str(BLOCK),
                    "-I", str(INODE), "-N", str(INODES), "-m", "0", "-O",
                    "none,sparse_super,filetype,large_file", "-d", tree, path],
                   check=True)
    return bytearray(path.read_bytes())


def inode_at(data, nr):
    table = struct.unpack_from("<I", data, BLOCK + 8)[0]
    return table * BLOCK + (nr - 1) * INODE


def entry(data, directory, name):
    """Where in the first block of a directory an entry lies."""
    first = struct.unpack_from("<I", data, inode_at(data, directory) + 40)[0]
    at = data.index(name.encode(), first * BLOCK, (first + 1) * BLOCK)
    return at - 8


def is_valid(data):
    return struct.unpack_from("<H", data, 1024 + 58)[0] & 1


def lookup(data, *names):
    nr = 2
    for name in names:
        nr = struct.unpack_from("<I", data, entry(data, nr, name))[0]
    return nr


def use(boot, folder, data, work=USE, bad=True):
    """Work on it; => what it is like then."""
    path = folder / "bad.img"
    path.write_bytes(data)
    m = boot(mem="32M", cpus=2, qemuopts=[
        "-drive", f"if=none,format=raw,id=bad,file={path}",
        "-device", "virtio-blk-device,drive=bad,bus=virtio-mmio-bus.1"])
    m.ok("mknod /dev/bad b 254 16; mount -t ext2 /dev/bad /mnt")
    out, status = m.cmd(f"cd /mnt; {work}; s=$?; cd /; sync; "
                        "umount /mnt; (exit $s)", 60)
    assert bad or status == 0, out
    assert ("EXT2-fs error" in m.ok("dmesg; rm /dev/bad")) == bad
    m.poweroff()
    return path.read_bytes()


@pytest.mark.parametrize("target", [(), ("a",), ("a", "sub")])
def test_damaged_directory_cycle(boot, folder, image, target):
    """A name in a directory that leads back up to it."""
    at = entry(image, lookup(image, "a", "sub"), "loop")
    struct.pack_into("<I", image, at, lookup(image, *target))
    use(boot, folder, image)


def test_damaged_block_map_fans_out(boot, folder, image):
    """2^30 ways lead to one block: freeing must not walk them all."""
    chain = [480, 481, 482, 483]
    big = inode_at(image, lookup(image, "big"))
    struct.pack_into("<I", image, big + 40 + 4 * 14, chain[0])
    for block, child in zip(chain, chain[1:]):
        struct.pack_into(f"<{FAN}I", image, block * BLOCK, *[child] * FAN)
    use(boot, folder, image)


def test_damaged_map_over_the_bitmap(boot, folder, image):
    """A run of blocks that begins and ends well, with the inode bitmap in the
    middle: it is not written to by way of the file."""
    bitmap = struct.unpack_from("<I", image, BLOCK + 4)[0]
    data = image[bitmap * BLOCK:(bitmap + 1) * BLOCK]
    image[400 * BLOCK:401 * BLOCK] = data
    struct.pack_into("<I", image, BLOCK + 4, 400)
    big = inode_at(image, lookup(image, "big"))
    struct.pack_into("<5I", image, big + 40, *range(398, 403))
    after = use(boot, folder, image, "cat big >/dev/null; "
                "dd if=/dev/zero of=big bs=4k count=5 conv=notrunc")
    assert after[400 * BLOCK:401 * BLOCK] == data


def test_damaged_directory_size(boot, folder, image):
    """A directory that says to be larger than its disk."""
    struct.pack_into("<I", image, inode_at(image, lookup(image, "a")) + 4,
                     0xfffff000)
    use(boot, folder, image, "ls a; mkdir a/b; rmdir a")


def test_short_symlink_with_attributes(boot, folder, image):
    """Its i_blocks counts a block, which is not one of the target."""
    symlink = inode_at(image, lookup(image, "link"))
    struct.pack_into("<I", image, symlink + 28, BLOCK // 512)
    struct.pack_into("<I", image, symlink + 104, 400)
    after = use(boot, folder, image, "readlink link | grep a/sub; rm link",
                bad=False)
    assert not is_valid(after)  # that block stays in use


def test_damage_hides_no_names_before_it(boot, folder, image):
    """What lies before a bad entry is listed."""
    at = max(entry(image, 2, name) for name in ("a", "big", "link"))
    struct.pack_into("<H", image, at + 4, 3)
    path = folder / "bad.img"
    path.write_bytes(image)
    m = boot(mem="32M", qemuopts=bad_disk(path, "write", 1))
    m.ok("mknod /dev/bad b 254 16; mount -t ext2 /dev/bad /mnt")
    assert "lost+found" in m.ok("echo /mnt/*")
    m.ok("umount /mnt; rm /dev/bad")
    m.poweroff()


def test_first_large_file(boot, folder, image):
    """The super block says that there may be one."""
    large = 2
    word = struct.unpack_from("<I", image, 1024 + 100)[0]
    struct.pack_into("<I", image, 1024 + 100, word & ~large)
    use(boot, folder, image, "truncate -s 3G x; echo end >>x", bad=False)
    subprocess.run(["/sbin/e2fsck", "-fn", folder / "bad.img"], check=True)


def test_damaged_sector_is_remembered(boot, folder, image):
    """What could not be read may hide anything: it is not called clean."""
    path = folder / "bad.img"
    path.write_bytes(image)
    block = struct.unpack_from("<I", image,
                               inode_at(image, lookup(image, "a")) + 40)[0]
    m = boot(mem="32M",
             qemuopts=bad_disk(path, "read", block * BLOCK // SECTOR))
    m.ok("mknod /dev/bad b 254 16; mount -t ext2 /dev/bad /mnt; cat /mnt/big")
    out, status = m.cmd("ls /mnt/a/sub")
    assert status and re.search("I/O|Input/output", out), out
    m.ok("umount /mnt; rm /dev/bad")
    m.poweroff()
    assert not is_valid(path.read_bytes())


def test_failed_write_is_reported(boot, folder, image):
    """By fsync and syncfs, once; the metadata is as good as before."""
    path = folder / "bad.img"
    path.write_bytes(image)
    block = struct.unpack_from(
        "<I", image, inode_at(image, lookup(image, "big")) + 40)[0]
    m = boot(mem="32M",
             qemuopts=bad_disk(path, "write", block * BLOCK // SECTOR))
    m.ok("mknod /dev/bad b 254 16; mount -t ext2 /dev/bad /mnt")
    for how in ("", "-d", "-f"):
        m.ok("dd if=/dev/zero of=/mnt/big bs=4k count=1 conv=notrunc")
        out, status = m.cmd(f"sync {how} /mnt/big")
        assert status and re.search("I/O|Input/output", out), how
        m.ok(f"sync {how} /mnt/big; sync -f /")
    m.ok("umount /mnt; rm /dev/bad")
    m.poweroff()
    subprocess.run(["/sbin/e2fsck", "-fn", path], check=True)


def test_failed_flush_is_remembered(boot, folder, image):
    """What the disk may not have kept is not called clean."""
    path = folder / "bad.img"
    path.write_bytes(image)
    m = boot(mem="32M", qemuopts=bad_disk(path, "flush", -1))
    m.ok("mknod /dev/bad b 254 16; mount -t ext2 /dev/bad /mnt; "
         "echo new >/mnt/new")
    assert m.cmd("sync -f /mnt/new")[1]
    m.ok("umount /mnt; rm /dev/bad")
    m.poweroff()
    assert not is_valid(path.read_bytes())
