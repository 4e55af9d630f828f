/* SPDX-License-Identifier: GPL-2.0-or-later */
/* net/core/sock.c, sk_init_common(): which key a queue has depends on its socket's family, so two uses may be of two classes. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct sock { int family; spinlock_t lock; };
static struct sock sock;
static struct lock_class_key keys[2];
static const char *const names[2] = { "lock-UNIX", "lock-PACKET" };

static irqreturn_t handler(int irq, void *data)
{
	spin_lock(&sock.lock);
	spin_unlock(&sock.lock);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(call)
{
	spin_lock(&sock.lock);
	spin_unlock(&sock.lock);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&sock.lock);
	lockdep_set_class_and_name(&sock.lock, keys + sock.family, names[sock.family]);
	return request_irq(1, handler, 0, "case", NULL);
}
module_init(setup);
