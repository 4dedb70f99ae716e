# SPDX-License-Identifier: MIT
"""The disk: full, small memory, damage, errors; judged by e2fsck."""
import random
import re
import subprocess
import time

import pytest

from machine import SECTOR, TOP, copy_image, have, make_image, partition
from scenarios import QUICK, programs

BLOCK = 4096
FILL = ("cd $HOME; i=0; while echo $i >n$i && "
        "dd if=/dev/zero of=f$i bs=64k count=$((i % 16 + 1)); do "
        "mv f$i g$i; if [ $((i % 5)) = 4 ]; then rm g$((i - 1)) n$i; fi; "
        "i=$((i + 1)); done; echo loops $i; cat /bin/sh >last")


def test_disk_full(boot):
    m = boot(mem="64M", disk="24M")
    out, _ = m.cmd(FILL, 120)
    assert int(re.search(r"loops (\d+)", out).group(1)) > 10
    assert "No space left" in out
    m.ok("cd /; ls -lR / >/dev/null; cat /bin/* >/dev/null", 60)
    m.ok("rm -r $HOME/*; echo room >$HOME/again; cat $HOME/again")
    m.cmd("cd $HOME; " + FILL, 120)
    m.poweroff()


def test_disk_full_of_inodes(boot):
    m = boot(disk="16M")
    out, _ = m.cmd("cd $HOME; i=0; while true >f$i; do i=$((i + 1)); done; "
                   "echo made $i", 180)
    assert int(re.search(r"made (\d+)", out).group(1)) > 100
    assert "No space left" in out
    m.ok("rm -r $HOME/*; : >$HOME/f", 60)
    m.poweroff()


def test_disk_full_amid_a_directory(boot):
    """Its thirteenth block needs two, and there is room for one."""
    m = boot(disk="24M")
    m.ok("mkdir $HOME/d; cd $HOME/d; : >f; n=$(printf %0251d 0); "
         "for i in $(seq 100 279); do ln f $n$i; done; echo x >$HOME/last")
    assert m.ok("stat -c %s $HOME/d") == f"{12 * BLOCK}\n"
    assert "No space" in m.cmd("dd if=/dev/zero of=$HOME/fill bs=64k", 60)[0]
    m.ok("rm $HOME/last")
    assert "No space" in m.cmd("ln f ${n}x")[0]
    m.ok("rm $HOME/fill; ln f ${n}x")
    m.poweroff()


def test_disk_file_of_six_times_the_memory(boot):
    """Written and read again on 16 MB; a part costs no more than the first."""
    m = boot(mem="16M", cpus=1, disk="192M", qemuopts=["-icount", "shift=0"])
    for way in ("if=/dev/zero of=$HOME/p{}", "if=$HOME/p{} of=/dev/null"):
        costs = [int(re.search(r"(\d+) instructions", m.ok(
            f"/tests/bench run dd {way.format(part)} bs=64k count=256",
            120)).group(1)) for part in range(6)]
        assert max(costs) < 1.5 * costs[0], costs
    m.ok("cat $HOME/p? | cmp - /dev/zero 2>&1 | grep -q EOF", 120)
    m.poweroff()


def test_disk_keeps_what_was_synced(boot):
    m = boot()
    m.ok("mkdir $HOME/d; echo one >$HOME/d/a; ln $HOME/d/a $HOME/d/b; "
         "ln -s a $HOME/d/c; mv $HOME/d/b $HOME/e")
    m.poweroff()
    again = boot(image=m.image)
    assert again.ok("cat $HOME/d/c $HOME/e; ls -1 $HOME/d") == \
        "one\none\na\nc\n"
    again.poweroff()


def test_disk_sync_survives_the_plug(boot):
    m = boot()
    m.ok("echo safe >$HOME/note; sync")
    m.qemu.kill()
    m.qemu.wait()
    again = boot(image=m.image)
    assert again.ok("cat $HOME/note") == "safe\n"


WORK = ("while :; do mkdir $HOME/d{0}; echo x >$HOME/d{0}/f; "
        "cp /bin/sh $HOME/big{0}; mv $HOME/d{0}/f $HOME/f{0}; "
        "rm -r $HOME/d{0} $HOME/f{0} $HOME/big{0}; done 2>/dev/null &")


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.1])
def test_disk_off_amid_work(boot, seconds):
    """Power-off while files come and go, and one without name is open."""
    m = boot(cpus=3)
    m.ok("dd if=/dev/zero of=$HOME/gone bs=64k count=20")
    m.ok("exec 5<$HOME/gone; rm $HOME/gone")
    for worker in range(3):
        m.ok(WORK.format(worker))
    time.sleep(seconds)
    m.poweroff()


def test_disk_extra_tree(boot, folder):
    tree = folder / "tree"
    (tree / "own").mkdir(parents=True)
    (tree / "own" / "file").write_text("mine\n")
    m = boot(extra=tree)
    assert m.ok("cat /own/file") == "mine\n"
    m.poweroff()


def test_disk_mounted_is_busy(boot):
    m = boot()
    out, status = m.cmd("echo x >/dev/vda1")
    assert status and "busy" in out
    assert m.cmd("echo x >/dev/vda")[1]
    m.ok("dd if=/dev/vda of=/dev/null bs=4k count=300")
    m.poweroff()


def test_disk_by_another_name(boot, folder):
    """What was written to a disk is seen in its partition, by mount and swapon
    as well."""
    image = make_image(folder / "two.img", size="24M", swap="4M")
    m = boot(qemuopts=["-drive", f"if=none,format=raw,id=two,file={image}",
                       "-device",
                       "virtio-blk-device,drive=two,bus=virtio-mmio-bus.1"])
    put = ("dd of=/dev/vdb bs=4k count=1 conv=notrunc "
           f"seek={partition(image, 1)[0] // BLOCK}")
    get = "dd if=/dev/vdb1 bs=4k count=1"
    m.ok("mknod /dev/vdb b 254 16; mknod /dev/vdb1 b 254 17")
    m.ok(f"mount -t ext2 /dev/vdb1 /mnt; umount /mnt; {get} of=super")
    m.ok(f"{put} if=/dev/zero")
    assert m.cmd("mount -t ext2 /dev/vdb1 /mnt")[1]
    m.ok(f"{get} of=now; ! cmp now super; {put} if=super; "
         "mount -t ext2 /dev/vdb1 /mnt; umount /mnt")
    m.ok("mknod /dev/vdb2 b 254 18; swapon /dev/vdb2; swapoff /dev/vdb2")
    m.ok("dd if=/dev/zero of=/dev/vdb bs=4k count=1 conv=notrunc "
         f"seek={partition(image, 2)[0] // BLOCK}")
    assert m.cmd("swapon /dev/vdb2")[1]
    m.ok("rm super now /dev/vdb /dev/vdb1 /dev/vdb2")
    m.poweroff()


def test_disk_read_only(boot, folder):
    """A disk that cannot be written is mounted read-only or not at all, and
    refuses a write at once."""
    image = make_image(folder / "ro.img", size="24M", swap="0")
    m = boot(qemuopts=["-drive", f"if=none,format=raw,id=ro,file={image},"
                       "readonly=on",
                       "-device",
                       "virtio-blk-device,drive=ro,bus=virtio-mmio-bus.1"])
    m.ok("mknod /dev/vdb b 254 16; mknod /dev/vdb1 b 254 17")
    out, status = m.cmd("mount -t ext2 /dev/vdb1 /mnt")
    assert status and "denied" in out
    m.ok("mount -o ro -t ext2 /dev/vdb1 /mnt; ls /mnt/bin; umount /mnt")
    out, status = m.cmd("echo x >/dev/vdb")
    assert status and "not permitted" in out
    m.ok("rm /dev/vdb /dev/vdb1")
    m.poweroff()


def bad_disk(image, kind, first, errno=5):
    """Options: a second disk (vdb) on which some requests fail."""
    return ["-blockdev",
            f"driver=blkdebug,node-name=bad,image.driver=file,"
            f"image.filename={image},inject-error.0.event=none,"
            f"inject-error.0.iotype={kind},inject-error.0.sector={first},"
            f"inject-error.0.errno={errno},inject-error.0.once=off",
            "-device", "virtio-blk-device,drive=bad,bus=virtio-mmio-bus.1,"
            "werror=report,rerror=report"]


@pytest.mark.parametrize("kind", ["read", "write"])
def test_disk_error_is_eio(boot, folder, kind):
    image = folder / "bad.img"
    image.write_bytes(bytes(1 << 20))
    m = boot(qemuopts=bad_disk(image, kind, 100))
    m.ok("mknod /dev/vdb b 254 16")
    m.ok("dd if=/dev/vdb of=/dev/null bs=4k count=8")
    if kind == "read":
        out, status = m.cmd("dd if=/dev/vdb of=/dev/null bs=4k")
    else:
        out, status = m.cmd("dd if=/dev/zero of=/dev/vdb bs=4k count=64 "
                            "conv=fsync")
    assert status and re.search("I/O|Input/output", out), out
    m.ok("rm /dev/vdb; echo fine")
    m.poweroff()


@pytest.mark.skipif(not have("mke2fs") and not have("/sbin/mke2fs"),
                    reason="no mke2fs")
def test_disk_sync_waits(boot, folder):
    """For writes that the flusher has begun, too, on a slow disk."""
    image = folder / "slow.img"
    make_ext2(image, folder)
    m = boot(qemuopts=["-drive", f"if=none,format=raw,id=slow,file={image},"
                       "throttling.bps-write=500000", "-device",
                       "virtio-blk-device,drive=slow,bus=virtio-mmio-bus.1"])
    m.ok("mknod /dev/vdb b 254 16; mount -t ext2 /dev/vdb /mnt; "
         "echo 0 >/proc/sys/vm/dirty_background_ratio")
    m.ok("dd if=/dev/zero of=/mnt/f bs=64k count=48")
    for _ in range(50):
        info = m.ok("cat /proc/meminfo")
        if re.search("Dirty: +0 kB", info):
            break
    assert re.search("Writeback: +[1-9]", info), info
    assert re.search("Writeback: +0 kB", m.ok("sync; cat /proc/meminfo", 60))
    m.ok("umount /mnt; rm /dev/vdb", 60)
    m.poweroff()


@pytest.mark.parametrize("kind", ["read", "write"])
def test_disk_swap_error(boot, folder, kind):
    """A slot that cannot be read costs who needs it a SIGBUS; one that cannot
    be written stays in memory; either way the machine goes on.  Which slots a
    load comes to is chance: it is repeated until it met the bad one."""
    image = make_image(folder / "bad.img", size="16M", swap="48M")
    start, _ = partition(image, 2)
    m = boot(mem="16M", cpus=2,
             qemuopts=bad_disk(image, kind, start // SECTOR + 8 * 1000))
    m.ok("mknod /dev/vdb2 b 254 18; swapon /dev/vdb2")
    met = None
    for _ in range(40):
        out, status = m.cmd("/tests/swap-thrash 5", 120)
        assert status == 0 or (kind == "read" and "signal 7" in out), out
        met = re.search(f"{kind} error on swap device", m.ok("dmesg"))
        if met:
            break
    assert met
    assert m.ok("echo alive; ls / | wc -l").startswith("alive")
    m.ok("swapoff /dev/vdb2", 60)
    m.poweroff()


def test_disk_swap_priority(boot, folder):
    """An area of higher priority gives every slot from the moment it is there;
    the other is not filled up to the end of a cluster first."""
    image = make_image(folder / "second.img", size="16M", swap="48M")
    m = boot(mem="16M", cpus=1,
             qemuopts=["-drive", f"if=none,format=raw,id=b,file={image}",
                       "-device", "virtio-blk-device,drive=b,"
                       "bus=virtio-mmio-bus.1"])

    def used():
        return [int(line.split()[3])
                for line in m.ok("cat /proc/swaps").splitlines()[1:]]

    def press(name):
        m.ok(f"dd if=/dev/zero of=/dev/shm/{name} bs=64k count=24; "
             "/tests/swap-thrash 5", 120)

    m.ok("mknod /dev/vdb2 b 254 18; swapon /dev/vda2")
    press("a")
    first = used()[0]
    assert first > 0
    m.ok("swapon -p 1 /dev/vdb2")
    press("b")
    assert used()[0] <= first and used()[1] > 0
    m.ok("rm /dev/shm/a /dev/shm/b; swapoff /dev/vda2; swapoff /dev/vdb2", 60)
    m.poweroff()


def damage(image, seed, start, length):
    """Overwrite a few words of the metadata, and some of anything."""
    rand = random.Random(seed)
    with open(image, "r+b") as disk:
        for _ in range(rand.randint(1, 60)):
            at = start + rand.randrange(length // 4 * 4)
            if rand.random() < 0.8:  # the first blocks are metadata
                at = start + rand.randrange(64 * BLOCK)
            disk.seek(at)
            disk.write(rand.choice([
                b"\xff\xff\xff\xff", b"\0\0\0\0", rand.randbytes(4),
                rand.randbytes(64)]))


def make_ext2(path, folder):
    tree = folder / "tree"
    if not tree.exists():
        (tree / "d" / "e").mkdir(parents=True)
        (tree / "d" / "long").write_bytes(random.Random(1).randbytes(9 << 20))
        for nr in range(40):
            (tree / "d" / f"file{nr}").write_text("x" * nr * 300)
        (tree / "link").symlink_to("d/file3")
        (tree / "slow").symlink_to("x" * 200)
    subprocess.run(["/sbin/mke2fs", "-q", "-F", "-t", "ext2", "-b", "4096",
                    "-I", "256", "-O", "^resize_inode,^dir_index,^ext_attr",
                    "-d", tree, path, "24M"], check=True)


USE = ("cd /mnt && ls -lR . >/dev/null; cat d/* link >/dev/null; "
       "echo new >d/new; mkdir d/sub; mv d/new d/sub; rm -r d; "
       "dd if=/dev/zero of=big bs=64k count=20; rm big; df; "
       "cd /; sync; umount /mnt")


@pytest.mark.skipif(not have("mke2fs") and not have("/sbin/mke2fs"),
                    reason="no mke2fs")
@pytest.mark.parametrize("seed", range(1, 5))
def test_disk_damaged_ext2(boot, folder, seed):
    """Nothing that a disk holds brings the kernel down."""
    options = []
    for nr in range(1, 7):
        image = folder / f"b{nr}.img"
        make_ext2(image, folder)
        damage(image, seed * 100 + nr, 0, 24 << 20)
        options += ["-drive",
                    f"if=none,format=raw,id=b{nr},file={image}", "-device",
                    f"virtio-blk-device,drive=b{nr},"
                    f"bus=virtio-mmio-bus.{nr}"]
    m = boot(mem="64M", qemuopts=options)
    for nr in range(1, 7):
        m.ok(f"mknod /dev/bad{nr} b 254 {16 * nr}")
        _, status = m.cmd(f"mount -t ext2 /dev/bad{nr} /mnt")
        if status == 0:
            m.cmd(USE, 60)
            m.cmd("cd /; umount /mnt")
        m.ok(f"rm /dev/bad{nr}; echo fine")
    m.poweroff()


def test_disk_damaged_root(boot, folder):
    """A root that cannot be mounted is an error, not a hang."""
    image = copy_image(folder / "root.img")
    start = partition(image, 1)[0]
    with open(image, "r+b") as disk:
        disk.seek(start + 1024)
        disk.write(random.Random(1).randbytes(1024))
    m = boot(image=image, wait=False)
    m.expect("(?i)root", 30)
    assert m.wait_exit(30) != 0


def test_disk_swap_header(boot):
    """The swap partition is Linux's: swaplabel agrees (see the judges)."""
    m = boot(swap="16M")
    m.poweroff()


def test_disk_guest_tests_have_sources():
    """Every guest program is run, or stands here with who does it."""
    elsewhere = {"bench", "bench-null", "swap-storm"}
    folder = TOP / "user" / "tests"
    made = {path.stem for path in folder.iterdir() if path.suffix != ".h"}
    run = {program.path.rpartition("/")[2]: program for program in programs()}
    assert made - elsewhere == set(run)
    for name, program in run.items():
        assert program.name == name
        assert any(program.fits(scenario) for scenario in QUICK), name
