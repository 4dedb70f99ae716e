# SPDX-License-Identifier: MIT
"""Tests of mkfs: the image it makes, as other people's tools see it.

The judges are e2fsck, debugfs and dumpe2fs (e2fsprogs), sfdisk and swaplabel
(util-linux). Each test makes its own small source tree. The program is found
through the environment variable MKFS, else in build/mkfs.
"""

import filecmp
import os
import random
import re
import shutil
import stat
import struct
import subprocess
import time
from pathlib import Path

import pytest

MKFS = os.environ.get(
    "MKFS", str(Path(__file__).resolve().parents[2] / "build" / "mkfs"))
ENV = dict(os.environ, LC_ALL="C", TZ="UTC",
           PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
MIB = 1 << 20
BLOCK = 4096
EPOCH = 1_700_000_000


def run(*args, check=True):
    """Run a command; return its result with both outputs as text."""
    # A file's time may be some ms ahead of time(2), which e2fsck asks: its
    # next second may have begun.
    env = dict(ENV, E2FSCK_TIME=str(int(time.time()) + 1))
    done = subprocess.run([str(a) for a in args], env=env, timeout=300,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace")
    if check:
        assert done.returncode == 0, (args, done.stdout, done.stderr)
    return done


def mkfs(*args):
    return run(MKFS, *args, check=False)


class Image:
    """A disk image, and what the judges say of it."""

    def __init__(self, path, *args):
        self.path = path
        done = mkfs("-o", path, *args)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        self.root = f"{path}?offset={MIB}"

    def fsck(self):
        done = run("e2fsck", "-fn", self.root, check=False)
        lines = done.stdout.splitlines()
        assert done.returncode == 0, done.stdout
        assert [l[:6] for l in lines[:5]] == [f"Pass {n}" for n in range(1, 6)]
        # Five passes and the summary: anything else would be a complaint.
        assert len(lines) == 6, done.stdout

    def partitions(self):
        done = run("sfdisk", "--verify", self.path)
        assert "No errors detected" in done.stdout + done.stderr
        out = run("sfdisk", "-d", self.path).stdout
        found = re.findall(r"start=\s*(\d+), size=\s*(\d+), type=(\w+)", out)
        return [(int(start), int(size), kind) for start, size, kind in found]

    def check(self):
        self.fsck()
        parts = self.partitions()
        for start, size, _ in parts:
            assert start % 2048 == 0 and size % 2048 == 0
        assert parts[0][0] == 2048 and parts[0][2] == "83"
        start, size, _ = parts[-1]
        assert os.path.getsize(self.path) == (start + size) * 512

    def debugfs(self, *commands):
        """The outputs of debugfs commands, one string each."""
        script = self.path.with_suffix(".cmd")
        script.write_text("".join(c + "\n" for c in commands))
        out = run("debugfs", "-f", script, self.root).stdout
        parts = re.split(r"^debugfs: .*\n", out, flags=re.M)
        assert len(parts) == len(commands) + 1, out
        return parts[1:]

    def stat(self, path):
        return self.debugfs(f'stat "{path}"')[0]

    def dump(self, directory):
        """Copy the whole root out into DIRECTORY."""
        directory.mkdir()
        run("debugfs", "-R", f"rdump / {directory}", self.root)
        return directory

    def super(self):
        out = run("dumpe2fs", "-h", self.root).stdout
        return dict(re.findall(r"^([^:\n]+):[ \t]+(.*)$", out, flags=re.M))


def same_tree(source, dump):
    """Compare a source tree with its dump: names, types, contents, modes."""
    names = sorted(os.listdir(source))
    assert [n for n in sorted(os.listdir(dump)) if n != "lost+found"] == names
    for name in names:
        a, b = os.path.join(source, name), os.path.join(dump, name)
        sa, sb = os.lstat(a), os.lstat(b)
        assert stat.S_IFMT(sa.st_mode) == stat.S_IFMT(sb.st_mode), a
        if stat.S_ISLNK(sa.st_mode):
            assert os.readlink(a) == os.readlink(b), a
            continue
        assert sa.st_mode == sb.st_mode, a
        if stat.S_ISDIR(sa.st_mode):
            same_tree(a, b)
        else:
            assert int(sa.st_mtime) == int(sb.st_mtime), a
            assert filecmp.cmp(a, b, shallow=False), a


@pytest.fixture
def tree(tmp_path):
    path = tmp_path / "tree"
    path.mkdir()
    return path


@pytest.fixture
def image(tmp_path):
    """Make images in the test's directory; large ones go away at once."""
    made = []

    def make(*args, name="disk.img"):
        made.append(Image(tmp_path / name, *args))
        return made[-1]

    yield make
    for img in made:
        img.path.unlink(missing_ok=True)


# ---- Layout ----


def test_empty(image):
    img = image()
    img.check()
    with open(img.path, "rb") as disk:  # 1 MiB in, in 255 heads of 63 sectors
        assert disk.read(512)[447:450] == bytes([32, 33, 0])
    info = img.super()
    assert info["Filesystem revision #"].startswith("1")
    assert info["Filesystem features"] == "filetype sparse_super large_file"
    assert info["Filesystem state"] == "clean"
    assert info["Filesystem volume name"] == "folio"
    assert int(info["Block size"]) == BLOCK
    assert int(info["Inode size"]) == 256
    assert int(info["Block count"]) == 64 * MIB // BLOCK
    assert int(info["Inode count"]) == 64 * MIB // 16384
    lost_found = img.stat("/lost+found")
    assert re.search(r"Inode: 11 +Type: directory +Mode: +0700", lost_found)
    assert "Size: 16384" in lost_found


@pytest.mark.parametrize("size", ["1M", "127M", "128M", "129M", "300M", "2G"])
def test_sizes(image, tree, size):
    """One group, a full group, a last group too short to use, several."""
    (tree / "file").write_bytes(b"x" * 10000)
    img = image("-s", size, "-d", tree)
    img.check()
    assert os.stat(img.path).st_blocks * 512 < 4 * MIB


def test_backup_superblock(image):
    """The copy in group 1 is as good as the first one."""
    img = image("-s", "300M")
    run("e2fsck", "-fn", "-b", 32768, "-B", BLOCK, img.root)


def test_data_in_several_groups(image, tree):
    rng = random.Random(1)
    for i in range(3):
        (tree / f"big{i}").write_bytes(rng.randbytes(50 * MIB))
    img = image("-s", "300M", "-d", tree)
    img.check()
    for i in range(3):
        out = img.path.with_name("out")
        run("debugfs", "-R", f"dump /big{i} {out}", img.root)
        assert filecmp.cmp(out, tree / f"big{i}", shallow=False)


def test_full_to_the_last_block(image, tree, tmp_path):
    free = int(image("-s", "8M").super()["Free blocks"])
    data = random.Random(2).randbytes(BLOCK)
    blocks = free - 1  # one goes to the indirect block
    blocks -= (blocks - 12 - 1024 + 1023) // 1024 + 1  # and to the double one
    (tree / "fill").write_bytes(data * blocks)
    img = image("-s", "8M", "-d", tree)
    img.check()
    assert int(img.super()["Free blocks"]) == 0
    (tree / "more").write_bytes(b"x")
    done = mkfs("-s", "8M", "-d", tree, "-o", tmp_path / "no.img")
    assert done.returncode == 1 and "no space" in done.stderr


def test_inode_count(image, tree):
    assert int(image("-i", "100").super()["Inode count"]) == 112
    for i in range(600):
        (tree / f"f{i}").touch()
    img = image("-s", "8M", "-d", tree)  # by size it would be 512
    img.check()
    assert int(img.super()["Free inodes"]) > 0


def test_inodes_in_several_groups(image, tree):
    for i in range(200):
        (tree / f"d{i}").mkdir()
        (tree / f"d{i}" / "f").write_text(str(i))
    img = image("-s", "600M", "-i", "420", "-d", tree)
    img.check()
    assert img.debugfs("cat /d177/f")[0].startswith("177")


def test_label(image):
    assert image("-L", "sixteen-bytes-xx").super()[
        "Filesystem volume name"] == "sixteen-bytes-xx"


# ---- Swap ----


def test_swap(image, tmp_path):
    img = image("-s", "8M", "-w", "20M")
    parts = img.partitions()
    assert [p[2] for p in parts] == ["83", "82"]
    swap = tmp_path / "swap"
    run("dd", f"if={img.path}", f"of={swap}", "bs=1M", "skip=9", "conv=sparse")
    out = run("swaplabel", swap).stdout
    assert re.search(r"LABEL: +swap\n", out)
    assert re.search(r"UUID: +[0-9a-f]{8}-[0-9a-f]{4}-4", out)
    page = swap.read_bytes()[:BLOCK]
    assert page[-10:] == b"SWAPSPACE2"
    assert struct.unpack_from("<III", page, 1024) == (1, 20 * 256 - 1, 0)


def test_no_swap(image):
    img = image("-s", "8M", "-w", "0")
    img.check()
    assert len(img.partitions()) == 1


# ---- Files ----


def test_deep_directories(image, tree):
    path = tree
    for i in range(60):
        path = path / f"level{i}"
        path.mkdir()
        (path / "file").write_text(f"at {i}\n")
    img = image("-d", tree)
    img.check()
    same_tree(tree, img.dump(tree.with_name("out")))


def test_thousand_files(image, tree):
    many = tree / "many"
    many.mkdir()
    for i in range(1000):
        (many / f"a-file-with-a-long-name-{i:04}").write_text(f"{i}\n" * i)
    img = image("-d", tree)
    img.check()
    assert int(re.search(r"Size: (\d+)", img.stat("/many"))[1]) > 8 * BLOCK
    same_tree(tree, img.dump(tree.with_name("out")))


@pytest.mark.parametrize("blocks", [0, 1, 12, 13, 12 + 1024, 12 + 1024 + 1])
@pytest.mark.parametrize("tail", [0, 1, BLOCK - 1])
def test_boundaries(image, tree, blocks, tail):
    """Sizes at the seams between direct, indirect and double indirect."""
    rng = random.Random(blocks)
    (tree / "file").write_bytes(rng.randbytes(blocks * BLOCK + tail))
    img = image("-s", "16M", "-d", tree)
    img.check()
    same_tree(tree, img.dump(tree.with_name("out")))


def test_holes(image, tree):
    """Zeroes take no blocks, whether or not the source has holes."""
    one = b"\1" * BLOCK
    zero = bytes(BLOCK)
    (tree / "written").write_bytes(zero * 5 + one + zero * 2000 + one + zero)
    with open(tree / "sparse", "wb") as f:
        f.truncate(3 * MIB)
        f.seek(2 * MIB + 100)
        f.write(b"here")
    (tree / "zeroes").write_bytes(bytes(MIB + 5))
    img = image("-d", tree)
    img.check()
    assert "Blockcount: 0" in img.stat("/zeroes")
    # two data blocks; the double indirect block and one below it
    assert "Blockcount: 32" in img.stat("/written")
    assert "Blockcount: 16" in img.stat("/sparse")
    same_tree(tree, img.dump(tree.with_name("out")))


def test_triple_indirect(image, tree):
    """A sparse file of 20 GB with data behind each level of indirection."""
    marks = [0, 11, 12, 12 + 1023, 12 + 1024, 12 + 1024 + 1024 * 1024 - 1,
             12 + 1024 + 1024 * 1024, 1_500_000, 4_999_999]
    with open(tree / "huge", "wb") as f:
        for n in marks:
            f.seek(n * BLOCK)
            f.write(b"block %d" % n)
        f.truncate(5_000_000 * BLOCK)
    img = image("-d", tree)
    img.check()
    assert f"Size: {5_000_000 * BLOCK}" in img.stat("/huge")
    holes = [1, 10, 13, 2000, 1_200_000, 4_999_998]
    out = img.debugfs(*[f"bmap /huge {n}" for n in marks + holes])
    with open(img.path, "rb") as f:
        for n, where in zip(marks, out):
            f.seek(MIB + int(where) * BLOCK)
            text = b"block %d" % n
            assert f.read(BLOCK) == text.ljust(BLOCK, b"\0")
    assert [int(w) for w in out[len(marks):]] == [0] * len(holes)


@pytest.mark.parametrize("length", [1, 59, 60, 200, 4095])
def test_symlink(image, tree, length):
    target = ("x" * 99 + "/") * 41
    os.symlink(target[:length], tree / "link")
    img = image("-d", tree)
    img.check()
    out = img.stat("/link")
    assert "Type: symlink" in out and f"Size: {length}\n" in out
    assert ("Fast link dest" in out) == (length < 60)
    dump = img.dump(tree.with_name("out"))
    assert os.readlink(dump / "link") == target[:length]


def test_hard_links(image, tree):
    (tree / "a").write_text("shared")
    (tree / "sub").mkdir()
    os.link(tree / "a", tree / "b")
    os.link(tree / "a", tree / "sub" / "c")
    os.symlink("a", tree / "s")
    os.link(tree / "s", tree / "t", follow_symlinks=False)
    img = image("-d", tree)
    img.check()
    stats = [img.stat(p) for p in ("/a", "/b", "/sub/c")]
    assert stats[0] == stats[1] == stats[2]
    assert "Links: 3" in stats[0]
    assert "Links: 2" in img.stat("/s")


def test_modes_owner_times(image, tree):
    for i, mode in enumerate([0o400, 0o644, 0o755, 0o4755, 0o2711, 0o1666]):
        (tree / f"f{i}").write_text("x")
        (tree / f"f{i}").chmod(mode)
    os.utime(tree / "f0", ns=(0, 5 * 10**9 + 123456789))
    os.utime(tree / "f1", (0, -86400))  # before 1970
    os.utime(tree / "f2", (0, 5_000_000_000))  # after 2106
    if os.getuid() == 0:
        os.chown(tree / "f3", 1000, 1000)
        (tree / "f3").chmod(0o4755)
    img = image("-d", tree, "-m", "/tmp:1777")
    img.fsck()
    for i, mode in enumerate(["0400", "0644", "0755", "04755", "02711",
                              "01666"]):
        out = img.stat(f"/f{i}")
        assert re.search(rf"Mode:\s+{mode} ", out), out
        assert re.search(r"User: +0 +Group: +0 ", out)
    # low word of seconds, then nanoseconds and two high bits of seconds
    assert f"mtime: 0x00000005:{123456789 << 2:08x}" in img.stat("/f0")
    assert f"mtime: 0x{2**32 - 86400:08x}:00000000" in img.stat("/f1")
    assert f"mtime: 0x{5 * 10**9 % 2**32:08x}:00000001" in img.stat("/f2")
    assert "Mode:  01777" in img.stat("/tmp")


def test_root_mode_is_fixed(image, tree):
    tree.chmod(0o700)
    assert "Mode:  0755" in image("-d", tree).stat("/")
    assert "Mode:  0711" in image("-d", tree, "-m", "/:711").stat("/")


def test_other_types(image, tree):
    os.mkfifo(tree / "fifo", 0o600)
    img = image("-d", tree)
    img.check()
    assert "Type: FIFO" in img.stat("/fifo")


def test_devices(image):
    img = image("-n", "/dev/console:c:5:1:600",
                "-n", "dev/disk/vda:b:254:0:660",
                "-n", "/null:c:1:3:666", "-n", "/dev/wide:c:300:70000:644")
    img.check()
    console, vda = img.stat("/dev/console"), img.stat("/dev/disk/vda")
    assert re.search(r"character special +Mode: +0600", console)
    assert "major/minor number: 05:01" in console
    assert re.search(r"block special +Mode: +0660", vda)
    assert "major/minor number: 254:00" in vda
    assert "major/minor number: 01:03" in img.stat("/null")
    assert "major/minor number: 300:70000" in img.stat("/dev/wide")


def test_empty_directories(image, tree):
    (tree / "etc").mkdir(0o700)
    img = image("-d", tree, "-m", "/proc:555", "-m", "var/tmp/x:1777",
                "-m", "etc:750")
    img.check()
    assert re.search(r"directory +Mode: +0555", img.stat("/proc"))
    assert re.search(r"directory +Mode: +0755", img.stat("/var/tmp"))
    assert re.search(r"directory +Mode: +01777", img.stat("/var/tmp/x"))
    assert re.search(r"directory +Mode: +0750", img.stat("/etc"))


def test_merge(image, tree, tmp_path):
    """Later trees win name by name; directories are merged."""
    extra = tmp_path / "extra"
    for base, text in ((tree, "old"), (extra, "new")):
        (base / "etc").mkdir(parents=True)
        (base / "etc" / "both").write_text(text)
        (base / "etc" / text).write_text(text)
    (tree / "lib").symlink_to("usr/lib")
    (extra / "lib").mkdir()
    (extra / "lib" / "x").touch()
    (extra / "lost+found").mkdir()
    img = image("-d", tree, "-d", extra)
    img.check()
    out = img.dump(tmp_path / "out")
    assert sorted(os.listdir(out / "etc")) == ["both", "new", "old"]
    assert (out / "etc" / "both").read_text() == "new"
    assert (out / "etc" / "old").read_text() == "old"
    assert os.listdir(out / "lib") == ["x"]
    assert "Size: 16384" in img.stat("/lost+found")


def random_tree(rng, path, depth):
    """Fill PATH with a few things of every kind."""
    for i in range(rng.randrange(1, 12)):
        length = rng.randrange(1, 100)
        name = "".join(rng.choices("abcxyz._- 0\u00e9", k=length))
        child = path / f"{i}{name}"
        kind = rng.randrange(10)
        if kind < 3 and depth > 0:
            child.mkdir()
            random_tree(rng, child, depth - 1)
        elif kind < 5:
            child.symlink_to("t" * rng.randrange(1, 120))
        else:
            parts = [rng.choice([bytes(BLOCK), rng.randbytes(BLOCK)])
                     for _ in range(rng.choice([0, 1, 5, 30, 300]))]
            tail = rng.randbytes(rng.randrange(9))
            child.write_bytes(b"".join(parts) + tail)
            child.chmod(rng.choice([0o644, 0o755, 0o600, 0o444]))


@pytest.mark.parametrize("seed", range(5))
def test_random_tree(image, tree, seed):
    random_tree(random.Random(seed), tree, 4)
    img = image("-s", "200M", "-d", tree)
    img.check()
    same_tree(tree, img.dump(tree.with_name("out")))


# ---- Reproducible ----


def test_same_input_same_image(image, tree, tmp_path):
    random_tree(random.Random(7), tree, 2)
    one = image("-d", tree, name="one.img")
    two = image("-d", tree, name="two.img")
    assert filecmp.cmp(one.path, two.path, shallow=False)
    assert image("-L", "other", name="three.img").super()[
        "Filesystem UUID"] != one.super()["Filesystem UUID"]


def test_fixed_time(image, tree, tmp_path):
    """With -t a copy of the tree with other times gives the same image."""
    random_tree(random.Random(8), tree, 2)
    copy = tmp_path / "copy"
    shutil.copytree(tree, copy, symlinks=True, copy_function=shutil.copy)
    for name in os.listdir(copy):
        os.utime(copy / name, (1, 1), follow_symlinks=False)
    args = ("-t", EPOCH, "-m", "/proc:555", "-n", "/null:c:1:3:666")
    one = image("-d", tree, *args, name="one.img")
    two = image("-d", copy, *args, name="two.img")
    one.check()
    assert filecmp.cmp(one.path, two.path, shallow=False)
    assert f"mtime: 0x{EPOCH:08x}" in one.stat("/null")


# ---- Errors ----


def fails(tmp_path, *args, message):
    """mkfs must fail with MESSAGE and leave nothing but what was there."""
    image = tmp_path / "disk.img"
    image.write_text("the old image")
    before = sorted(os.listdir(tmp_path))
    done = mkfs("-o", image, *args)
    assert done.returncode == 1
    assert re.search(message, done.stderr), done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(os.listdir(tmp_path)) == before
    assert image.read_text() == "the old image"


def test_no_space(tmp_path, tree):
    (tree / "small").write_bytes(b"x")
    (tree / "toobig").write_bytes(b"x" * 3 * MIB)
    fails(tmp_path, "-s", "2M", "-d", tree,
          message=r"tree/toobig: no space: it needs about 3072 KB, \d+ KB are "
                  r"left; the root has 2048 KB")


def test_too_few_inodes(tmp_path, tree):
    for i in range(100):
        (tree / f"f{i}").touch()
    fails(tmp_path, "-i", "16", "-d", tree,
          message=r"too few inodes: the tree needs 111, there are 16")


@pytest.mark.parametrize("args, message", [
    (["-d", "/no/such/dir"], "/no/such/dir: No such file"),
    (["-m", "/" + "n" * 256 + ":755"], "name longer than 255 bytes"),
    (["-n", "/" + "n" * 256 + ":c:1:1:600"], "name longer than 255 bytes"),
    (["-m", "/proc"], "field is missing"),
    (["-m", "/proc:9"], "'9' is not a number"),
    (["-m", "/a/../b:755"], "not allowed"),
    (["-n", "/null:1:3"], "field is missing"),
    (["-n", "/null:c:1:3"], "'c' is not a number"),
    (["-n", "/null:x:1:3:666"], "must be c or b"),
    (["-n", "/null:c:5000:3:666"], "'5000' is not a number up to 4095"),
    (["-n", "/dev/:c:1:3:666"], "has no name"),
    (["-n", "/null:c:1:3:666", "-n", "/null/x:c:1:3:666"],
     "is not a directory"),
    (["-n", "/lost+found:c:1:3:666"], "is a directory"),
    (["-s", "12Q"], "not a size"),
    (["-s", "0"], "too small"),
    (["-s", "-1"], "not a number"),
    (["-i", " -18446744073709551600"], "not a number"),
    (["-n", "/null:c:+1:3:666"], "'\\+1' is not a number"),
    (["-s", "3T"], "2 TiB"),
    (["-s", "99999999T"], "too large"),
    (["-w", "4K"], "too small"),
    (["-s", "1M", "-i", "20000"], "too small|do not fit"),
    (["-i", "999999999"], "do not fit"),
    (["-L", "seventeen-bytes-x"], "longer than 16"),
    (["stray"], "not an option"),
])
def test_bad_arguments(tmp_path, args, message):
    fails(tmp_path, *args, message=message)


def test_file_over_directory(tmp_path, tree):
    (tree / "etc").mkdir()
    other = tmp_path / "other"
    other.mkdir()
    (other / "etc").touch()
    fails(tmp_path, "-d", tree, "-d", other, message="other/etc: an earlier")


def test_image_is_not_a_file(tmp_path):
    done = mkfs("-o", tmp_path)
    assert done.returncode == 1 and "not a regular file" in done.stderr
    done = mkfs("-o", tmp_path / "no" / "disk.img")
    assert done.returncode == 1 and "No such file" in done.stderr
    assert mkfs().returncode == 1
    assert mkfs("-h").stdout.startswith("usage:")
