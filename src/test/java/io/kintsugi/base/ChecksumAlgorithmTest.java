package io.kintsugi.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChecksumAlgorithmTest {
    @Test
    void namesAreFoundInAnyCase() {
        for (ChecksumAlgorithm a : ChecksumAlgorithm.values()) {
            assertEquals(Optional.of(a), ChecksumAlgorithm.ofWireName(a.wireName()));
            assertEquals(
                    Optional.of(a), ChecksumAlgorithm.ofWireName(a.wireName().toLowerCase(java.util.Locale.ROOT)));
            assertEquals(Optional.of(a), ChecksumAlgorithm.ofHeaderName(a.headerName()));
            assertTrue(a.allows(a.defaultMultipartType()));
        }
        assertEquals(Optional.empty(), ChecksumAlgorithm.ofWireName("CRC16"));
        assertEquals(Optional.empty(), ChecksumAlgorithm.ofHeaderName("x-amz-checksum-type"));
        assertEquals("x-amz-checksum-crc64nvme", ChecksumAlgorithm.CRC64NVME.headerName());
        assertEquals("ChecksumXXHASH128", ChecksumAlgorithm.XXHASH128.elementName());
    }

    @Test
    void onlyCrcsMakeFullObjectChecksumsOfMultipartUploads() {
        assertEquals(ChecksumType.FULL_OBJECT, ChecksumAlgorithm.CRC64NVME.defaultMultipartType());
        assertFalse(ChecksumAlgorithm.CRC64NVME.allows(ChecksumType.COMPOSITE));
        assertEquals(ChecksumType.COMPOSITE, ChecksumAlgorithm.CRC32.defaultMultipartType());
        assertTrue(ChecksumAlgorithm.CRC32.allows(ChecksumType.FULL_OBJECT));
        assertFalse(ChecksumAlgorithm.SHA256.allows(ChecksumType.FULL_OBJECT));
    }
}
