//! What a layer worker does: one pass over one layer, or one read of one file. Plain values both ways,
//! so that a job crosses threads as JSON and its result as one buffer.
