package io.kintsugi.drives;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What a look at memory says of one row. */
public sealed interface Look {
    /** The row, as a read in this moment would give it; empty when there is none. */
    record Known(Optional<byte[]> value) implements Look {
        @Override
        public CompletableFuture<Optional<byte[]>> read() {
            return CompletableFuture.completedFuture(value);
        }
    }

    /**
     * Memory does not tell, or the drive refuses.
     *
     * @param rest what the read takes beyond this look, which is not repeated; called once at most
     */
    record Unknown(Supplier<CompletableFuture<Optional<byte[]>>> rest) implements Look {
        @Override
        public CompletableFuture<Optional<byte[]>> read() {
            return rest.get();
        }
    }

    /** The row, wherever it is: goes on to the drive's readers where memory did not tell. Asked for once. */
    CompletableFuture<Optional<byte[]>> read();
}
