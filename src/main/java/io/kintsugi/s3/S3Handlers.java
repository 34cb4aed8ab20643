package io.kintsugi.s3;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The handler of each operation that is implemented. */
public final class S3Handlers {
    private final Map<S3Operation, S3Handler> byOperation;

    S3Handlers(Map<S3Operation, S3Handler> byOperation) {
        this.byOperation = new EnumMap<>(S3Operation.class);
        this.byOperation.putAll(byOperation);
    }

    /** Those that are implemented. */
    Set<S3Operation> operations() {
        return Collections.unmodifiableSet(byOperation.keySet());
    }

    /** Empty when the operation is not implemented. */
    Optional<S3Handler> of(S3Operation operation) {
        return Optional.ofNullable(byOperation.get(operation));
    }
}
