/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is freed with the last reference to a page depends on the page: the caller may know its kind. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

struct page { int refs; };
static struct page page;
int atomic_dec_and_test(int *v);

static inline int page_ref_dec_and_test(struct page *p)
{
	int ret = atomic_dec_and_test(&p->refs);

	return ret;
}

static inline int put_page_testzero(struct page *p)
{
	return page_ref_dec_and_test(p);
}

static void free_huge(struct page *p)
{
	might_sleep();
}

static void put(struct page *p)
{
	if (put_page_testzero(p))
		free_huge(p);
}

SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	put(&page);
	spin_unlock(&a);
	return 0;
}
