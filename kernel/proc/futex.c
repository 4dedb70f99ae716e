/* SPDX-License-Identifier: MIT */
/*
 * futex.c - sleeping on a word of user memory until somebody says that it has
 * changed: what locks of the C library are made of.
 *
 * The word's meaning is the program's; the kernel knows only who sleeps on
 * which word.  A word has no object of its own: its key is hashed to one of a
 * few buckets, whose list holds all waiters of all words that fall there,
 * first come first.  A waiter's entry is on its kernel stack.
 *
 *     key                       object                offset
 *     private, or in private    the mm's address      the word's address
 *     memory
 *     in a shared mapping       the mapping's number  the place in the mapping
 *
 * So processes meet at a shared word wherever each has mapped it.  It is a
 * number that no other mapping ever had, not an address: waiters hold no
 * reference, and one whose memory was unmapped meanwhile must not be mistaken
 * for a waiter of what comes after.
 *
 * Why no wakeup is lost.  The waiter enters the list in a critical section of
 * the bucket, W, and then compares the word; the waker first changes the word,
 * then looks through the list, in K.  If W is before K, the waker finds the
 * waiter.  If K is before W, the waiter reads after it took the lock that the
 * waker has released, so it sees the change, and does not sleep.  From there
 * on `woken` is set before wake_up_task(), and tested after the state is set.
 *
 * A waiter that finds another value may have been woken meanwhile.  That wakeup
 * is gone for the others, so it must count: the call says 0, as if it had
 * slept.
 *
 * A requeue compares the word under the buckets' locks, so with page faults
 * off; if it is not there the locks are dropped, the word faulted in, and all
 * is tried again.
 *
 * Invariants
 *   I1  An entry is on the list of its key's bucket until it is woken.
 *   I2  A waiter leaves only after it has held the bucket's lock last, so the
 *       waker, who holds it, may use entry and task.
 *
 * Locks: a bucket's; two for a requeue, by address.  mmap_lock before.
 *
 * Not done: FUTEX_WAKE_OP, priority inheritance, robust lists.
 * See: futex(2); Franke, Russell, Kirkwood: Fuss, Futexes and Furwocks (2002).
 */
#include "proc/futex.h"

#include "include/sched.h"
#include "lib/hash.h"
#include "riscv/uaccess.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "vm/mm.h"
#include "vm/pagecache.h"

enum { BUCKET_BITS = 6 };

struct futex_key {
    uint64_t object, offset;
};

struct bucket {
    struct spinlock lock;     /* RANK_FUTEX */
    struct list_head waiters; /* of link */
};

struct waiter {
    struct task *task;
    uint32_t bitset;
    bool woken;            /* its bucket's lock to set */
    struct list_head link; /* its bucket's lock */
    struct futex_key key;  /* its bucket's lock */
};

static struct bucket buckets[1 << BUCKET_BITS];

void
futex_init(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(buckets); i++) {
        spin_init(&buckets[i].lock, RANK_FUTEX, "futex");
        list_init(&buckets[i].waiters);
    }
}

/* --- Keys */

static int
get_key(struct futex_word word, struct futex_key *key)
{
    uint64_t addr = (uint64_t)word.user;
    struct mm *mm = current->mm;
    struct vm_area *vma;

    if (addr % sizeof(*word.user))
        return -EINVAL;
    if (!access_ok(word.user, sizeof(*word.user)))
        return -EFAULT;
    *key = (struct futex_key){(uint64_t)mm, addr};
    if (!word.shared)
        return 0;
    down_read(&mm->mmap_lock);
    vma = vma_at(mm, addr);
    if (vma && vma->vm_flags & VM_SHARED && vma->mapping) {
        key->object = vma->mapping->number;
        key->offset = vma->vm_pgoff * PAGE_SIZE + (addr - vma->vm_start);
    }
    up_read(&mm->mmap_lock);
    return vma ? 0 : -EFAULT;
}

static struct bucket *
bucket_of(const struct futex_key *key)
{
    return &buckets[hash_64(hash_bytes(0, key, sizeof(*key)), BUCKET_BITS)];
}

/* --- Waiting */

/* Off the list, if still there.  => has it been woken? */
static bool
dequeue(struct waiter *w)
{
    for (;;) { /* until its bucket is the one that we locked: requeue */
        struct bucket *b = bucket_of(&w->key);
        bool still;

        spin_lock(&b->lock);
        still = b == bucket_of(&w->key);
        if (still && !w->woken)
            list_del(&w->link);
        spin_unlock(&b->lock);
        if (still)
            return w->woken;
    }
}

int64_t
futex_wait(struct futex_word word, uint32_t val, uint32_t bitset, int64_t ticks)
{
    struct waiter w = {.task = current, .bitset = bitset};
    int err = bitset ? get_key(word, &w.key) : -EINVAL;
    struct bucket *b = bucket_of(&w.key);
    uint32_t value;

    if (err)
        return err;
    spin_lock(&b->lock);
    list_add_tail(&w.link, &b->waiters);
    spin_unlock(&b->lock);
    err = get_user(value, word.user);
    if (!err && value != val)
        err = -EAGAIN;
    while (!err) {
        set_current_state(TASK_INTERRUPTIBLE);
        if (READ_ONCE(w.woken))
            break;
        if (ticks <= 0)
            err = -ETIMEDOUT;
        else if (signal_pending(current))
            err = -ERESTARTSYS;
        else
            ticks = schedule_timeout(ticks);
    }
    set_current_state(TASK_RUNNING);
    return dequeue(&w) ? 0 : err;
}

/* --- Waking */

/*
 * Of those who wait at key with a bit of bitset wake nr_wake, and let
 * nr_requeue more wait at `to`.  => the buckets of both are locked; how many in
 * all
 */
static int
wake_locked(const struct futex_key *key, uint32_t bitset, int nr_wake,
            const struct futex_key *to, int nr_requeue)
{
    struct waiter *w, *next;
    int count = 0;

    list_for_each_entry_safe(w, next, &bucket_of(key)->waiters, link) {
        if (memcmp(&w->key, key, sizeof(*key)) != 0 || !(w->bitset & bitset))
            continue;
        if (count - nr_wake >= nr_requeue)
            break;
        if (++count <= nr_wake) {
            list_del(&w->link);
            WRITE_ONCE(w->woken, true);
            wake_up_task(w->task, TASK_INTERRUPTIBLE);
        } else if (memcmp(key, to, sizeof(*to)) != 0) { /* else it is there */
            w->key = *to;
            list_move_tail(&w->link, &bucket_of(to)->waiters);
        }
    }
    return count;
}

int64_t
futex_wake(struct futex_word word, int nr, uint32_t bitset)
{
    struct futex_key key;
    struct bucket *b;
    int count, err = bitset ? get_key(word, &key) : -EINVAL;

    if (err)
        return err;
    b = bucket_of(&key);
    spin_lock(&b->lock);
    count = wake_locked(&key, bitset, MAX(nr, 1), &key, 0);
    spin_unlock(&b->lock);
    return count;
}

int64_t
futex_requeue(struct futex_word word, struct futex_word to, int nr_wake,
              int nr_requeue, const uint32_t *expected)
{
    struct futex_key key, to_key;
    struct bucket *b, *target;
    uint32_t value = 0;
    int count = 0, err;

    if (nr_wake < 0 || nr_requeue < 0)
        return -EINVAL;
    do { /* again once the word is there */
        err = get_key(word, &key) ?: get_key(to, &to_key);
        if (err)
            return err;
        b = bucket_of(&key);
        target = bucket_of(&to_key);
        spin_lock(&MIN(b, target)->lock);
        if (b != target)
            spin_lock_nested(&MAX(b, target)->lock, 1);
        pagefault_disable();
        err = expected ? get_user(value, word.user) : 0;
        pagefault_enable();
        if (!err && expected && value != *expected)
            count = -EAGAIN;
        else if (!err)
            count = wake_locked(&key, FUTEX_BITSET_MATCH_ANY, nr_wake, &to_key,
                                nr_requeue);
        spin_unlock(&b->lock);
        if (target != b)
            spin_unlock(&target->lock);
    } while (err && !get_user(value, word.user));
    return err ?: count;
}
