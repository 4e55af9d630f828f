/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_KTHREAD_H
#define STUB_KTHREAD_H

#include <linux/kernel.h>

struct task_struct { int pid; };
struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node,
					   const char namefmt[], ...);
int wake_up_process(struct task_struct *tsk);
bool kthread_should_stop(void);
#define kthread_create(threadfn, data, namefmt, arg...) \
	kthread_create_on_node(threadfn, data, -1, namefmt, ##arg)
#define kthread_run(threadfn, data, namefmt, ...)				\
({										\
	struct task_struct *__k = kthread_create(threadfn, data, namefmt, ## __VA_ARGS__); \
	if (__k)								\
		wake_up_process(__k);						\
	__k;									\
})

#endif
