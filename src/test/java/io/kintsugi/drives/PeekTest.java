package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.KvStore.Lookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.StringAppendOperator;
import org.rocksdb.WriteBatch;

/** A look at memory that fails says nothing of the row: least of all that there is none. */
class PeekTest {
    private static final byte[] READABLE = {1};
    private static final byte[] UNREADABLE = {2};
    private static final byte[] NONE = {3};

    @AutoClose
    private final DriveResources resources = new DriveResources(8 << 20, 8 << 20);

    @TempDir
    Path directory;

    /** Rows of which RocksDB says that they can't be read, whatever they are read from: its store needs an operator. */
    private void makeUnreadable() throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (KvOptions options = new KvOptions(resources);
                StringAppendOperator operator = new StringAppendOperator()) {
            Stream.of(
                            Stream.of("default"),
                            Stream.of(KvSpace.values())
                                    .map(space -> space.name().toLowerCase(Locale.ROOT)),
                            Stream.of("packed_names"))
                    .flatMap(names -> names)
                    .forEach(name -> families.add(new ColumnFamilyDescriptor(
                            name.getBytes(StandardCharsets.US_ASCII),
                            options.family(KvSpace.Values.SMALL).setMergeOperator(operator))));
            try (RocksDB db = RocksDB.open(options.database(directory), directory.toString(), families, handles);
                    FlushOptions wait = new FlushOptions()) {
                db.merge(handles.get(1 + KvSpace.OBJECTS.ordinal()), UNREADABLE, UNREADABLE);
                db.flush(wait, handles);
                handles.forEach(ColumnFamilyHandle::close);
            }
        }
    }

    private KvStore open() throws RocksDBException {
        return KvStore.open(new DriveId(new Id128(1, 2)), directory, resources);
    }

    @Test
    void whatCannotBeReadIsNotAbsent() throws RocksDBException {
        makeUnreadable();
        KvStore store = open();
        try {
            // its block is in memory from now on
            assertThrows(RocksDBException.class, () -> store.get(KvSpace.OBJECTS, UNREADABLE));
            assertInstanceOf(Lookup.NotInMemory.class, store.peek(KvSpace.OBJECTS, UNREADABLE));
        } finally {
            store.close(false);
        }
    }

    @Test
    void whatIsNotThereIs() throws RocksDBException {
        KvStore store = open();
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(store.family(KvSpace.OBJECTS), READABLE, READABLE);
            store.write(batch, true);
            assertArrayEquals(
                    READABLE,
                    assertInstanceOf(Lookup.Found.class, store.peek(KvSpace.OBJECTS, READABLE))
                            .value());
            assertEquals(new Lookup.Absent(), store.peek(KvSpace.OBJECTS, NONE));
            store.flush();
            assertEquals(new Lookup.Absent(), store.peek(KvSpace.OBJECTS, NONE));
        } finally {
            store.close(false);
        }
    }
}
