/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The twin: who takes it reads the member itself, as most do: an interrupt finds it as it is. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct sock { unsigned int allocation; int busy; };

static DEFINE_SPINLOCK(a);
extern struct sock *sock_of(int n);

static void get(struct sock *sk)
{
	if (sk->busy) {
		spin_lock(&a);
		spin_unlock(&a);
	}
}

static void receive(struct sock *sk)
{
	get(sk);
}

static irqreturn_t on_irq(int irq, void *d)
{
	receive(sock_of(irq));
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
