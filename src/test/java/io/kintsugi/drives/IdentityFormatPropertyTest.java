package io.kintsugi.drives;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class IdentityFormatPropertyTest {
    @Provide
    Arbitrary<DriveIdentity> identities() {
        Arbitrary<Id128> ids =
                Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(Id128::new);
        Arbitrary<String> pools =
                Arbitraries.strings().withChars("abz019-").ofMinLength(1).ofMaxLength(63);
        Arbitrary<Roster> rosters = rosters(ids.map(DriveId::new));
        Arbitrary<Long> epochs = Arbitraries.longs().greaterOrEqual(0);
        Arbitrary<ErasureCode> codes = Combinators.combine(
                        Arbitraries.integers().between(1, 16),
                        Arbitraries.integers().between(0, 16))
                .as(ErasureCode::new);
        return Combinators.combine(ids, ids, pools, codes, rosters, epochs)
                .as((deployment, incarnation, pool, code, roster, epoch) -> new DriveIdentity(
                        deployment, roster.drives().getLast(), incarnation, pool, code, roster, epoch));
    }

    private static Arbitrary<Roster> rosters(Arbitrary<DriveId> ids) {
        Arbitrary<List<DriveId>> drives = ids.list().ofMinSize(1).ofMaxSize(20).uniqueElements();
        Arbitrary<Long> generations =
                Arbitraries.oneOf(Arbitraries.just(1L), Arbitraries.longs().greaterOrEqual(1));
        return Combinators.combine(drives, generations, Arbitraries.integers().between(0, 20))
                .as((all, generation, drained) -> new Roster(
                        generation, all, generation == 1 ? List.of() : all.subList(0, Math.min(drained, all.size()))));
    }

    @Property(tries = 300)
    void whatIsPrintedIsParsed(@ForAll("identities") DriveIdentity identity) {
        IdentityFormat.Parsed parsed = IdentityFormat.parse(IdentityFormat.print(identity));
        assertEquals(new IdentityFormat.Parsed.Identity(identity), parsed);
    }

    @Property(tries = 10)
    void everyFlippedBitOfEveryByteIsNoticed(@ForAll("identities") DriveIdentity identity) {
        byte[] bytes = IdentityFormat.print(identity);
        for (int i = 0; i < bytes.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                bytes[i] ^= (byte) (1 << bit);
                assertInstanceOf(IdentityFormat.Parsed.Broken.class, IdentityFormat.parse(bytes), "byte " + i);
                bytes[i] ^= (byte) (1 << bit);
            }
        }
    }

    @Property(tries = 3)
    void everyFlippedBitOfEveryByteCanBeMended(@ForAll("identities") DriveIdentity identity) {
        byte[] bytes = IdentityFormat.print(identity);
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit += 7) {
            flip(bytes, bit);
            assertEquals(Optional.of(identity), IdentityRepair.of(bytes), "bit " + bit);
            flip(bytes, bit);
        }
    }

    @Property(tries = 100)
    void twoFlippedBitsAreDamage(
            @ForAll("identities") DriveIdentity identity,
            @ForAll @IntRange(max = 50_000) int first,
            @ForAll @IntRange(min = 1, max = 50_000) int distance) {
        byte[] bytes = IdentityFormat.print(identity);
        int bits = bytes.length * Byte.SIZE;
        flip(bytes, first % bits);
        flip(bytes, (first + 1 + distance % (bits - 1)) % bits);
        assertEquals(Optional.empty(), IdentityRepair.of(bytes));
    }

    private static void flip(byte[] bytes, int bit) {
        bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    }

    @Property(tries = 100)
    void everyCutIsNoticed(@ForAll("identities") DriveIdentity identity, @ForAll @IntRange(max = 5000) int length) {
        byte[] bytes = IdentityFormat.print(identity);
        byte[] cut = Arrays.copyOf(bytes, length % bytes.length);
        assertInstanceOf(IdentityFormat.Parsed.Broken.class, IdentityFormat.parse(cut));
    }

    @Property(tries = 500)
    void noiseIsBrokenAndNeverAnAccident(@ForAll byte[] noise) {
        assertInstanceOf(IdentityFormat.Parsed.Broken.class, IdentityFormat.parse(noise));
    }

    @Property(tries = 50)
    void anOtherVersionIsToldFromBrokenOnes(@ForAll @IntRange(min = 3, max = 999_999_999) int version) {
        byte[] whole = sealed("{\n  \"kintsugi\": " + version + ",\n  \"whatever\": \"comes then\",\n");
        assertEquals(new IdentityFormat.Parsed.OtherVersion(version), IdentityFormat.parse(whole));
    }

    @Example
    void wrongFieldsUnderARightChecksumAreBroken() {
        String text = new String(IdentityFormat.print(DriveFolder.newIdentity()), US_ASCII);
        String body = text.substring(0, text.indexOf("  \"crc32c\""));
        List<String> wrong = List.of(
                body.replace("\"1+1\"", "\"0+1\""),
                body.replace("\"1+1\"", "\"11\""),
                body.replace("\"nvme\"", "\"NVMe\""),
                body.replace("\"catalogEpoch\": \"0\"", "\"catalogEpoch\": \"-1\""),
                body.replace("\"catalogEpoch\": \"0\"", "\"catalogEpoch\": \"00\""),
                body.replace("\"drive\": \"", "\"drive\":  \""),
                body.replace("\"roster\": [\n", "\"roster\": [\n    \"00000000000000000000000000000000\"\n"),
                body.replace("\"kintsugi\": 1", "\"kintsugi\": +1"),
                body.replace("\"kintsugi\": 1", "\"kintsugi\": 11111111111"),
                body.replace("\"kintsugi\": 1", "\"kintsugi\": 2"),
                body + "  \"more\": \"1\",\n");
        for (String one : wrong) {
            assertTrue(!one.equals(body));
            assertInstanceOf(IdentityFormat.Parsed.Broken.class, IdentityFormat.parse(sealed(one)), one);
        }
    }

    @Example
    void aRosterThatWasNeverChangedIsReadByOlderReleases() {
        DriveIdentity first = DriveFolder.newIdentity();
        assertTrue(new String(IdentityFormat.print(first), US_ASCII).startsWith("{\n  \"kintsugi\": 1,"));
        Roster changed = first.roster().next(List.of(), List.of(), List.of(first.drive()));
        String text = new String(IdentityFormat.print(first.withRoster(changed)), US_ASCII);
        assertTrue(text.startsWith("{\n  \"kintsugi\": 2,"));
        String body = text.substring(0, text.indexOf("  \"crc32c\""));
        for (String one : List.of(
                body.replace("\"generation\": \"2\"", "\"generation\": \"1\""),
                body.replace("\"generation\": \"2\"", "\"generation\": \"02\""),
                body.replace("\"generation\": \"2\"", "\"generation\": \"-2\""),
                body.replace("\"drained\": [\n", "\"drained\": [\n    \"00000000000000000000000000000000\",\n"),
                body.replace("\"kintsugi\": 2", "\"kintsugi\": 1"))) {
            assertTrue(!one.equals(body));
            assertInstanceOf(IdentityFormat.Parsed.Broken.class, IdentityFormat.parse(sealed(one)), one);
        }
    }

    @Example
    void theExampleOfTheDocumentIsOne() throws IOException {
        String page = Files.readString(Path.of("docs/DISK-FORMAT.md"));
        int start = page.indexOf("```json\n") + "```json\n".length();
        String example = page.substring(start, page.indexOf("```", start));
        assertInstanceOf(
                IdentityFormat.Parsed.Identity.class, IdentityFormat.parse(example.getBytes(US_ASCII)), example);
    }

    /** The body with the checksum line that belongs to it. */
    static byte[] sealed(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(US_ASCII));
        return (body + "  \"crc32c\": \"" + HexFormat.of().toHexDigits((int) crc.getValue()) + "\"\n}\n")
                .getBytes(US_ASCII);
    }
}
