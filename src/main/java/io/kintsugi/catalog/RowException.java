package io.kintsugi.catalog;

/**
 * A row of the catalog that can't be read as what it should be. Stays in the room: it is answered from another replica,
 * or as a fault.
 */
final class RowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    enum Fault {
        /** Not the bytes that were written. */
        CORRUPT,
        /** Written by a newer release than this one. */
        TOO_NEW
    }

    private final Fault fault;

    RowException(Fault fault, String message) {
        super(message, null, false, false);
        this.fault = fault;
    }

    static RowException corrupt(String what) {
        return new RowException(Fault.CORRUPT, "a row of the catalog is corrupt: " + what);
    }

    Fault fault() {
        return fault;
    }
}
