/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The twin: it sleeps first. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct page { spinlock_t ptl; int n; };
struct fault { spinlock_t *ptl; struct page *page; };

extern struct page *page_of(int n);

static spinlock_t *ptlock_ptr(struct page *page)
{
	return &page->ptl;
}

static spinlock_t *lock_of(int n)
{
	return ptlock_ptr(page_of(n));
}

static void copy(struct fault *f)
{
	might_sleep();
	spin_unlock(f->ptl);
}

SYSCALL_DEFINE1(fault, int, n)
{
	struct fault f = { .page = page_of(n) };

	f.ptl = lock_of(n);
	spin_lock(f.ptl);
	copy(&f);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&page_of(0)->ptl);
	return 0;
}
module_init(setup);
