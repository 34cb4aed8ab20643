package io.kintsugi.drives;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** Whatever lies in a drive's identity file: a verdict, never an exception; and what is taken is in its one form. */
class IdentityFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void anyBytes(byte[] data) {
        judge(data);
        judge(sealed(data));
    }

    private static void judge(byte[] bytes) {
        if (IdentityFormat.parse(bytes) instanceof IdentityFormat.Parsed.Identity(DriveIdentity identity)) {
            assertArrayEquals(IdentityFormat.print(identity), bytes);
        }
    }

    /** With a right checksum behind it, so that the fields are reached. */
    private static byte[] sealed(byte[] fields) {
        CRC32C crc = new CRC32C();
        crc.update(fields);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(fields);
        String last = "  \"crc32c\": \"" + HexFormat.of().toHexDigits((int) crc.getValue()) + "\"\n}\n";
        file.writeBytes(last.getBytes(US_ASCII));
        return file.toByteArray();
    }
}
