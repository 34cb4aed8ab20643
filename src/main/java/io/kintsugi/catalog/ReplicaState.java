package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a replica knows of itself, written with each commit (space META).
 *
 * @param epoch grows with each change of the set of replicas
 * @param sequence number of the last commit
 * @param nextOrder the next number of {@link View#order()}
 * @param members the drives whose replicas had this commit to take
 */
record ReplicaState(long epoch, long sequence, long nextOrder, List<DriveId> members) {
    static final int FORMAT = 1;
    static final byte[] KEY = {1};
    /** The keys of the rows that the last commit changed. */
    static final byte[] TOUCHED_KEY = {2};
    /** Written before a replica's state is read, so that nothing of an earlier time can land behind the read. */
    static final byte[] FENCE_KEY = {3};
    /** Which state a change of the replicas began with. */
    static final byte[] BASE_KEY = {4};
    /** Of a replica that is copied from a work space: where that is. It has no state row meanwhile. */
    static final byte[] COPYING_KEY = {5};

    private static final String STATE = "the state of a replica";
    private static final String TOUCHED = "the keys of the last commit";
    private static final String BASE = "the state before a change of replicas";
    /** The code of a space on disk is its place here: append, never reorder. */
    private static final KvSpace[] SPACES = {
        KvSpace.META,
        KvSpace.BUCKETS,
        KvSpace.OBJECTS,
        KvSpace.HISTORY,
        KvSpace.VERSIONS,
        KvSpace.INLINE,
        KvSpace.UPLOADS,
        KvSpace.PARTS,
        KvSpace.RECLAIM
    };

    ReplicaState {
        members = List.copyOf(members);
    }

    /** The key of a row of a space. */
    @SuppressWarnings("ArrayRecordComponent")
    record RowKey(KvSpace space, byte[] key) {}

    byte[] encode() {
        RowWriter to =
                new RowWriter(FORMAT).i64(epoch).i64(sequence).i64(nextOrder).varint(members.size());
        members.forEach(drive -> to.id(drive.value()));
        return to.finish();
    }

    static ReplicaState decode(byte[] row) {
        RowReader from = new RowReader(row, FORMAT, STATE);
        long epoch = from.i64();
        long sequence = from.i64();
        long nextOrder = from.i64();
        ReplicaState state = new ReplicaState(epoch, sequence, nextOrder, Nouns.readDrives(from, from.count()));
        from.end();
        return state;
    }

    /** What a change of the replicas began with; nothing but epoch and members has changed since. */
    byte[] encodeBase(ReplicaState base) {
        return new RowWriter(FORMAT).i64(sequence).bytes(base.encode()).finish();
    }

    /** The base of this state, unless other commits came after the change of replicas. */
    Optional<ReplicaState> decodeBase(byte[] row) {
        RowReader from = new RowReader(row, FORMAT, BASE);
        boolean current = from.i64() == sequence;
        ReplicaState base = decode(from.bytes());
        from.end();
        return current ? Optional.of(base) : Optional.empty();
    }

    static byte[] encodeTouched(List<RowKey> keys) {
        RowWriter to = new RowWriter(FORMAT).varint(keys.size());
        keys.forEach(key -> to.u8(Nouns.codeOf(key.space(), SPACES)).bytes(key.key()));
        return to.finish();
    }

    static List<RowKey> decodeTouched(byte[] row) {
        RowReader from = new RowReader(row, FORMAT, TOUCHED);
        int count = from.count();
        List<RowKey> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            keys.add(new RowKey(from.oneOf(SPACES), from.bytes()));
        }
        from.end();
        return keys;
    }

    /** The spaces of a replica that hold the catalog itself. */
    static List<KvSpace> contentSpaces() {
        return List.of(SPACES).subList(1, SPACES.length);
    }
}
