package io.kintsugi.codec;

import com.backblaze.erasure.CodingLoop;
import com.backblaze.erasure.InputOutputByteTableCodingLoop;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A matrix over GF(2^8) with the places of its inputs and outputs in a stripe: output shard {@code outputs[r]} is the
 * sum of {@code rows[r][c] *} input shard {@code inputs[c]}. Immutable; any number of threads may run it.
 *
 * <p>For C, it is one block of little-endian direct memory that {@code native/rs.c} knows: inputs and outputs (int
 * each), 256 bytes of input indexes, 256 of output indexes, the coefficients row by row, then room (64-aligned) for an
 * affine 8x8 matrix of 8 bytes and two nibble tables of 16 bytes for each coefficient.
 */
final class CodingPlan {
    private static final CodingLoop JAVA_LOOP = new InputOutputByteTableCodingLoop();
    private static final int HEADER_BYTES = 8 + 256 + 256;
    private static final int JAVA_SCRATCH_BYTES = 16 * 1024;

    private final CodecPath path;
    private final byte[][] rows;
    private final int[] inputs;
    private final int[] outputs;
    private final ByteBuffer block;
    private final long blockAddress;

    CodingPlan(CodecPath path, byte[][] rows, int[] inputs, int[] outputs) {
        this.path = path;
        this.rows = rows;
        this.inputs = inputs;
        this.outputs = outputs;
        if (path == CodecPath.JAVA) {
            block = ByteBuffer.allocate(0);
            blockAddress = 0;
        } else {
            block = newBlock();
            blockAddress = Kernels.address(block);
            Kernels.prepare(blockAddress);
        }
    }

    /** Computes the outputs. The stripe lies within its slab, which the caller checked. */
    void run(Stripe s) {
        if (outputs.length == 0 || s.length() == 0) {
            return;
        }
        if (path == CodecPath.JAVA) {
            runJava(s.slab().buffer(), s);
            return;
        }
        Kernels.code(path.ordinal(), blockAddress, s.slab().address() + s.offset(), s.stride(), s.length());
        Reference.reachabilityFence(block);
        Reference.reachabilityFence(s);
    }

    private ByteBuffer newBlock() {
        int cells = inputs.length * outputs.length;
        int size = align(align(HEADER_BYTES + cells) + 8 * cells) + 32 * cells;
        ByteBuffer b = ByteBuffer.allocateDirect(size + 64).alignedSlice(64).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0, inputs.length).putInt(4, outputs.length);
        for (int i = 0; i < inputs.length; i++) {
            b.put(8 + i, (byte) inputs[i]);
        }
        for (int i = 0; i < outputs.length; i++) {
            b.put(8 + 256 + i, (byte) outputs[i]);
            b.put(HEADER_BYTES + i * inputs.length, rows[i], 0, inputs.length);
        }
        return b;
    }

    private void runJava(ByteBuffer slab, Stripe s) {
        int scratch = Math.min(s.length(), JAVA_SCRATCH_BYTES);
        byte[][] in = new byte[inputs.length][scratch];
        byte[][] out = new byte[outputs.length][scratch];
        for (int at = 0; at < s.length(); at += scratch) {
            int n = Math.min(scratch, s.length() - at);
            for (int i = 0; i < inputs.length; i++) {
                slab.get(s.begin(inputs[i]) + at, in[i], 0, n);
            }
            JAVA_LOOP.codeSomeShards(rows, in, in.length, out, out.length, 0, n);
            for (int i = 0; i < outputs.length; i++) {
                slab.put(s.begin(outputs[i]) + at, out[i], 0, n);
            }
        }
    }

    private static int align(int size) {
        return Math.addExact(size, 63) & -64;
    }
}
