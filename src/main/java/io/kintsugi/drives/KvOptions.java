package io.kintsugi.drives;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Filter;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.RocksObject;
import org.rocksdb.TablePropertiesCollectorFactory;
import org.rocksdb.WALRecoveryMode;

/**
 * How the key-value store of a drive is tuned. The native objects live as long as the store.
 *
 * <p>Large values go to blob files: they are written twice (log and blob file) instead of once a level. The log is kept
 * short, so that opening after a kill replays little.
 */
final class KvOptions implements AutoCloseable {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final int BLOOM_BITS = 10;
    private static final long MIN_BLOB_BYTES = 2 * KIB;
    private static final double BLOB_GC_AGE = 0.5;
    private static final double BLOB_GC_GARBAGE = 0.5;
    private static final int TABLE_FORMAT = 6;
    /**
     * Rows are compacted once there are four tables of new ones, which may never come about: nothing is written to a
     * space any more, and what was deleted last is held for a month. So a table is compacted by itself when it has so
     * many deletions within twice as many rows: of values of the largest size these are half a GiB (decision 0036).
     */
    private static final int LARGE_DELETIONS = 4 << 10;

    private static final int BODY_DELETIONS = 32 << 10;
    private static final double AT_NO_RATIO = 0;
    /**
     * A log in the file of an older one may end in records of that, after a power cut. RocksDB can't tell them from
     * damage, and does not open where a column family has tables of what came later (decision 0008).
     */
    private static final int NO_LOG_TWICE = 0;

    private static final int TABLES_A_THREAD = 32;
    private static final int MOST_OPENING_THREADS = 16;

    private final Deque<RocksObject> owned = new ArrayDeque<>();
    private final DriveResources resources;
    private final BlockBasedTableConfig table;

    KvOptions(DriveResources resources) {
        this.resources = resources;
        Filter bloom = own(new BloomFilter(BLOOM_BITS, false));
        this.table = new BlockBasedTableConfig()
                .setBlockCache(resources.cache())
                .setFilterPolicy(bloom)
                .setFormatVersion(TABLE_FORMAT)
                .setBlockSize(8 * KIB)
                .setIndexType(IndexType.kTwoLevelIndexSearch)
                .setPartitionFilters(true)
                .setMetadataBlockSize(4 * KIB)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinTopLevelIndexAndFilter(true)
                .setOptimizeFiltersForMemory(true);
    }

    private <T extends RocksObject> T own(T object) {
        owned.push(object);
        return object;
    }

    /** @param directory of the store, which need not be there yet */
    DBOptions database(Path directory) {
        return own(new DBOptions())
                .setMaxFileOpeningThreads(openingThreads(directory))
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setEnv(resources.env())
                .setWriteBufferManager(resources.writeBuffers())
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(resources.openFiles().tables())
                .setMaxTotalWalSize(64 * MIB)
                .setRecycleLogFileNum(NO_LOG_TWICE)
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setAvoidFlushDuringRecovery(true)
                .setSkipStatsUpdateOnDbOpen(true)
                .setAllowConcurrentMemtableWrite(false)
                .setAvoidUnnecessaryBlockingIO(true)
                .setBytesPerSync(MIB)
                .setMaxManifestFileSize(16 * MIB)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(MIB)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
    }

    /**
     * Threads that look into the tables while the store is opened. RocksDB begins as many as it is told for each column
     * family, those without a table too: 160 threads a drive by its default, which took longer than the tables of a
     * million objects. Many tables on a drive that takes its time are still opened beside each other.
     */
    private static int openingThreads(Path directory) {
        int tables = 0;
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(directory, file -> file.toString().endsWith(".sst"))) {
            for (Path _ : found) {
                tables++;
            }
        } catch (IOException | DirectoryIteratorException e) {
            // there is none yet; or RocksDB meets the same trouble in a moment, and says so
            return 1;
        }
        return Math.clamp(tables / TABLES_A_THREAD, 1, MOST_OPENING_THREADS);
    }

    ColumnFamilyOptions family(KvSpace.Values values) {
        return switch (values) {
            case SMALL -> small(own(new ColumnFamilyOptions()));
            case LARGE -> large(own(compacting(new ColumnFamilyOptions(), LARGE_DELETIONS)));
            case BODIES -> large(own(compacting(new ColumnFamilyOptions(resources.bodies()), BODY_DELETIONS)));
        };
    }

    /** RocksDB for Java has this option for stores of one family only: it is set there, and copied. */
    private ColumnFamilyOptions compacting(ColumnFamilyOptions options, int deletions) {
        TablePropertiesCollectorFactory dense =
                own(TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(
                        2L * deletions, deletions, AT_NO_RATIO));
        try (options;
                DBOptions none = new DBOptions();
                Options both = new Options(none, options)) {
            both.setTablePropertiesCollectorFactory(List.of(dense));
            return new ColumnFamilyOptions(both);
        }
    }

    private ColumnFamilyOptions small(ColumnFamilyOptions options) {
        return options.setTableFormatConfig(table)
                .setLevelCompactionDynamicLevelBytes(true)
                .setWriteBufferSize(16 * MIB)
                .setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    private ColumnFamilyOptions large(ColumnFamilyOptions options) {
        return options.setTableFormatConfig(table)
                .setLevelCompactionDynamicLevelBytes(true)
                .setWriteBufferSize(32 * MIB)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setEnableBlobFiles(true)
                .setMinBlobSize(MIN_BLOB_BYTES)
                .setBlobFileSize(256 * MIB)
                .setEnableBlobGarbageCollection(true)
                .setBlobGarbageCollectionAgeCutoff(BLOB_GC_AGE)
                .setBlobGarbageCollectionForceThreshold(BLOB_GC_GARBAGE);
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            owned.pop().close();
        }
    }
}
