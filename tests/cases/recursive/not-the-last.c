/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reference may be the last: the lock is taken again then, which the code may know better.  Not high. */
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

typedef struct { int refs; } refcount_t;
bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock);

struct dir { refcount_t refs; int leased; };
static DEFINE_SPINLOCK(dirs);
struct dir *open_dir(void);

static void close_dir(struct dir *d)
{
	if (refcount_dec_and_lock(&d->refs, &dirs)) {
		spin_unlock(&dirs);
		kfree(d);
	}
}

SYSCALL_DEFINE0(drop)
{
	struct dir *d = open_dir();

	spin_lock(&dirs);
	if (d->leased) {
		d->leased = 0;
		close_dir(d);
	}
	spin_unlock(&dirs);
	return 0;
}
