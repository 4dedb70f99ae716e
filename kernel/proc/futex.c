/* SPDX-License-Identifier: MIT */
/*
 * futex.c - sleeping on a word of user memory until somebody says that it has
 * changed: what locks of the C library are made of.
 *
 * The word's meaning is the program's; the kernel knows only who sleeps on
 * which word.  A word has no object of its own: its key is hashed to one of a
 * few wait queues, the buckets, whose list holds all waiters of all words that
 * fall there, first come first.  A waiter's entry is on its kernel stack.
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
 * Why no wakeup is lost.  The waiter enters the list and sets its state in a
 * critical section of the bucket, W, and then compares the word; the waker first
 * changes the word, then looks through the list, in K.  If W is before K, the
 * waker finds the waiter, and its sleep ends or does not begin (sched.c).  If K
 * is before W, the waiter reads after it took the lock that the waker has
 * released, so it sees the change, and does not sleep.
 *
 * Who is woken is off the list when the waker lets go of the bucket; so a waiter
 * that is still on it was not, and takes itself off.  A waiter that finds
 * another value, a signal or its time over may have been woken meanwhile.  That
 * wakeup is gone for the others, so it must count: the call says 0, as if it had
 * slept.  One that is awake for another reason is passed over.
 *
 * Requeueing to another word is waking: who is woken has to look at its word,
 * and will wait for the other one by itself.
 *
 * Locks: a bucket's; mmap_lock before.
 *
 * Not done: FUTEX_WAKE_OP, priority inheritance, robust lists.
 * See: futex(2); Franke, Russell, Kirkwood: Fuss, Futexes and Furwocks (2002).
 */
#include "proc/futex.h"

#include "lib/hash.h"
#include "riscv/uaccess.h"
#include "vm/mm.h"
#include "vm/pagecache.h"

enum { BUCKET_BITS = 6 };

struct futex_key {
    uint64_t object, offset;
};

struct futex_waiter {
    struct wait_entry entry; /* on the queue of its key's bucket */
    struct futex_key key;
    uint32_t bitset;
};

static struct wait_queue buckets[1 << BUCKET_BITS];

void
futex_init(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(buckets); i++)
        wait_queue_init(&buckets[i]);
}

/* => 0 and the word's key; -EINVAL, also without bits, -EFAULT */
static int
get_key(struct futex_word word, uint32_t bitset, struct futex_key *key)
{
    uint64_t addr = (uint64_t)word.user;
    struct mm *mm = current->mm;
    struct vm_area *vma;

    if (addr % sizeof(*word.user) || !bitset)
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

static struct wait_queue *
bucket_of(const struct futex_key *key)
{
    return &buckets[hash_64(hash_bytes(0, key, sizeof(*key)), BUCKET_BITS)];
}

/*
 * The word is compared with page faults off, since the fault would end the
 * state set before; if it is not there, it is faulted in, and we queue again.
 */
int64_t
futex_wait(struct futex_word word, uint32_t val, uint32_t bitset, int64_t ticks)
{
    struct futex_waiter w = {.bitset = bitset};
    int err = get_key(word, bitset, &w.key);
    struct wait_queue *q = bucket_of(&w.key);
    uint32_t value;

    if (err)
        return err;
    wait_entry_init(&w.entry);
    w.entry.exclusive = true; /* first come, first served */
    for (;;) {
        prepare_to_wait(q, &w.entry, TASK_INTERRUPTIBLE);
        pagefault_disable();
        err = get_user(value, word.user);
        pagefault_enable();
        if (!err)
            err = value != val              ? -EAGAIN
                  : ticks <= 0              ? -ETIMEDOUT
                  : signal_pending(current) ? -ERESTARTSYS
                                            : 0;
        if (!err)
            ticks = schedule_timeout(ticks);
        if (finish_wait(q, &w.entry))
            return 0;
        if (err && (err != -EFAULT || get_user(value, word.user)))
            return err;
    }
}

int64_t
futex_wake(struct futex_word word, int64_t nr, uint32_t bitset)
{
    struct futex_waiter *w, *next;
    struct wait_queue *q;
    struct futex_key key;
    int64_t count = 0;
    int err = get_key(word, bitset, &key);

    if (err)
        return err;
    q = bucket_of(&key);
    spin_lock(&q->lock);
    list_for_each_entry_safe(w, next, &q->waiters, entry.link)
        if (memcmp(&w->key, &key, sizeof(key)) == 0 && w->bitset & bitset &&
            wake_entry_locked(&w->entry) && ++count >= nr)
            break;
    spin_unlock(&q->lock);
    return count;
}
