/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page of a PCI device's own memory comes only from who has asked for it (rules: rare): what happens for such a page only is doubtful. */
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

struct page { int type; };
struct page *page_of(int n);
int zone_of(const struct page *p);

static inline int is_pci_p2pdma_page(const struct page *p)
{
	return zone_of(p) == 4;
}

static void map_page(struct page *p)
{
	if (is_pci_p2pdma_page(p))
		might_sleep();
}

SYSCALL_DEFINE1(one, int, n)
{
	spin_lock(&a);
	map_page(page_of(n));
	spin_unlock(&a);
	return 0;
}
