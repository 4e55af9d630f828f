/* SPDX-License-Identifier: GPL-2.0-or-later */
/* include/linux/usb/hcd.h: what lies in a driver's private bytes is a record of the driver's, with a class of its own. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct hcd { int flags; unsigned long priv[8]; };
struct one { int x; spinlock_t lock; };
struct two { long y; spinlock_t lock; };
static struct hcd a, b;

static inline struct one *hcd_to_one(struct hcd *h) { return (struct one *)h->priv; }
static inline struct two *hcd_to_two(struct hcd *h) { return (struct two *)h->priv; }

static irqreturn_t handler(int irq, void *data)
{
	struct hcd *h = data;

	spin_lock(&hcd_to_one(h)->lock);
	spin_unlock(&hcd_to_one(h)->lock);
	return IRQ_HANDLED;
}

static void reset(struct hcd *h)
{
	spin_lock(&hcd_to_two(h)->lock);
	spin_unlock(&hcd_to_two(h)->lock);
}

SYSCALL_DEFINE0(call)
{
	reset(&b);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&hcd_to_one(&a)->lock);
	spin_lock_init(&hcd_to_two(&b)->lock);
	return request_irq(1, handler, 0, "case", &a);
}
module_init(setup);
