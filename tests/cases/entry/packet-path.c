/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What packets call in softirqs: net/ipv4/tcp_input.c, a socket's sk_data_ready(); net/netfilter/nft_lookup.c, a set's lookup().
 * A set is changed in tasks: net/netfilter/nf_tables_api.c.
 */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct sock { void (*sk_data_ready)(struct sock *); };
struct nft_set_ops { int (*lookup)(int); int (*insert)(int); };
extern struct sock *get_sock(void);

static DEFINE_SPINLOCK(of_sock);
static DEFINE_RWLOCK(of_set);

static void ready(struct sock *sk)
{
	spin_lock(&of_sock);
	spin_unlock(&of_sock);
}

static int lookup(int key)
{
	read_lock(&of_set);
	read_unlock(&of_set);
	return key;
}

static int insert(int key)
{
	write_lock(&of_set);
	write_unlock(&of_set);
	return key;
}

const struct nft_set_ops set = { .lookup = lookup, .insert = insert };

SYSCALL_DEFINE0(start)
{
	get_sock()->sk_data_ready = ready;
	spin_lock(&of_sock);
	spin_unlock(&of_sock);
	return 0;
}
