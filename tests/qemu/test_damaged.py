# SPDX-License-Identifier: MIT
"""ext2 damaged on purpose: cycles, which may neither hang nor crash."""
import struct
import subprocess

import pytest

from machine import have

BLOCK, INODE, SIZE, INODES = 4096, 256, 2 << 20, 128
FAN = BLOCK // 4
USE = ("cd /mnt; ls -lR >/dev/null; mkdir a/new; mv a/sub/loop a/x; "
       "rm -r a/sub/loop; rmdir a/sub/loop; mv a/sub b; rm -r a b; rm big; "
       "cd /; sync; umount /mnt")

pytestmark = pytest.mark.skipif(
    not have("mke2fs") and not have("/sbin/mke2fs"), reason="no mke2fs")


@pytest.fixture
def image(folder):
    """The bytes of a small file system, its inode table, numbers by name."""
    tree, path = folder / "tree", folder / "base.img"
    (tree / "a" / "sub" / "loop").mkdir(parents=True)
    (tree / "big").write_bytes(b"x" * BLOCK * 20)
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


def lookup(data, *names):
    nr = 2
    for name in names:
        nr = struct.unpack_from("<I", data, entry(data, nr, name))[0]
    return nr


def use(boot, folder, data):
    path = folder / "bad.img"
    path.write_bytes(data)
    m = boot(mem="32M", cpus=2, qemuopts=[
        "-drive", f"if=none,format=raw,id=bad,file={path}",
        "-device", "virtio-blk-device,drive=bad,bus=virtio-mmio-bus.1"])
    m.ok("mknod /dev/bad b 254 16; mount -t ext2 /dev/bad /mnt")
    m.cmd(USE, 60)
    assert "EXT2-fs error" in m.ok("dmesg; rm /dev/bad")
    m.poweroff()


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
