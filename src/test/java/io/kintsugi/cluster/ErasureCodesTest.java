package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ErasureCode;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErasureCodesTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1, 0",
        "2, 1, 1",
        "3, 2, 1",
        "4, 2, 2",
        "5, 3, 2",
        "6, 3, 3",
        "7, 4, 3",
        "8, 4, 4",
        "12, 8, 4",
        "16, 12, 4",
        "17, 12, 4",
        "200, 12, 4"
    })
    void defaultsByNumberOfDrives(int drives, int data, int parity) {
        assertEquals(new ErasureCode(data, parity), ErasureCodes.standard(drives));
    }

    @ParameterizedTest
    @CsvSource({
        // k, m, live, k', quorum
        "2, 2, 4, 2, 3",
        "2, 2, 3, 2, 3",
        "2, 2, 2, 1, 2",
        "1, 1, 2, 1, 2",
        "1, 1, 1, 1, 1",
        "4, 4, 8, 4, 5",
        "4, 4, 5, 4, 5",
        "4, 4, 4, 3, 4",
        "12, 4, 12, 11, 12",
        "3, 0, 3, 3, 3",
        "1, 0, 1, 1, 1"
    })
    void fewerLiveDrivesGiveUpDataShards(int data, int parity, int live, int degraded, int quorum) {
        ErasureCode code = ErasureCodes.degraded(new ErasureCode(data, parity), live);
        assertEquals(new ErasureCode(degraded, parity), code);
        assertEquals(quorum, ErasureCodes.writeQuorum(code, live));
    }

    @Test
    void theOperatorMayChooseWithinReason() {
        assertEquals(new ErasureCode(3, 1), ErasureCodes.withParity(4, 1));
        assertEquals(new ErasureCode(4, 0), ErasureCodes.withParity(4, 0));
        IllegalArgumentException tooMuch =
                assertThrows(IllegalArgumentException.class, () -> ErasureCodes.withParity(4, 3));
        assertTrue(tooMuch.getMessage().contains("EC:0 to EC:2"), tooMuch.getMessage());
        assertThrows(IllegalArgumentException.class, () -> ErasureCodes.withParity(1, 1));
    }

    @Test
    void storageClassesAreParsed() {
        assertEquals(new CodeWish(OptionalInt.empty(), OptionalInt.of(2)), CodeWish.parse("EC:2"));
        assertEquals(new CodeWish(OptionalInt.of(4), OptionalInt.of(2)), CodeWish.parse("EC:4+2"));
        assertEquals(new ErasureCode(4, 0), CodeWish.parse("EC:0").of(4));
        assertEquals(new ErasureCode(4, 2), CodeWish.parse("EC:4+2").of(6));
        assertEquals(new ErasureCode(2, 2), CodeWish.parse("EC:2+2").of(12));
        assertEquals(ErasureCodes.standard(5), CodeWish.NONE.of(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC:4+2", "EC:1+2", "EC:0+0", "EC:5+0"})
    void aCodeThatDoesNotFitIsRefused(String text) {
        CodeWish wish = CodeWish.parse(text);
        assertThrows(IllegalArgumentException.class, () -> wish.of(4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "EC:", "EC:x", "EC:-1", "EC:123", "ec:2", "2", "EC: 2", "EC:2+", "EC:+2", "EC:1+1+1"})
    void otherTextIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> CodeWish.parse(text));
    }
}
