/* SPDX-License-Identifier: GPL-2.0-or-later */
struct queue;
struct mem_ops { void *(*vaddr)(struct queue *q); };
struct queue { const struct mem_ops *ops; void *memory; };

extern const struct mem_ops contig_ops, sg_ops;
void *plane_vaddr(struct queue *q);
