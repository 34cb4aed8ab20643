package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is written is well-formed and says the same when read; what is read can't reach out or blow up. */
class XmlTest {
    private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

    @Example
    void writesAsS3Does() {
        String xml = text(XmlWriter.document("ListBucketResult")
                .element("Name", "b")
                .open("Contents")
                .element("Key", "a<b>&\"c'\r\u0001é😀")
                .element("Size", 5)
                .close()
                .element("IsTruncated", false)
                .element("NextMarker", Optional.empty())
                .openWith("Grantee", "xsi:type", "Canonical\"User")
                .text("x"));
        assertEquals(
                DECLARATION
                        + "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><Contents>"
                        + "<Key>a&lt;b&gt;&amp;&quot;c&apos;&#xD;&#x1;é😀</Key><Size>5</Size></Contents>"
                        + "<IsTruncated>false</IsTruncated><Grantee xsi:type=\"Canonical&quot;User\">x</Grantee>"
                        + "</ListBucketResult>",
                xml);
    }

    @Example
    void whatXmlHasNoPlaceForIsAReference() {
        assertEquals(
                DECLARATION + "<a><b>&#x0;&#x7F;&#xFFFF;&#xD800;</b></a>",
                text(XmlWriter.plainDocument("a").element("b", "\0\u007f\uffff\ud800")));
    }

    @Property
    void textSurvives(@ForAll String text) {
        String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                .codePoints()
                .filter(XmlTest::isXmlCharacter)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        assertEquals(
                Optional.of(valid),
                read(XmlWriter.document("Root").element("Key", valid), "Root").childText("Key"));
    }

    /** Of a length that ends its pieces anywhere, in escaped characters and in plain ones. */
    @Property(tries = 100)
    void longDocumentsAreWhole(@ForAll @IntRange(min = 0, max = 1500) int first, @ForAll boolean escaped) {
        XmlWriter xml = XmlWriter.document("Root").element("Key", "x".repeat(first));
        List<String> keys = new ArrayList<>(List.of("x".repeat(first)));
        for (int i = 0; i < 1000; i++) {
            String key = i + (escaped ? "&é😀\u0001<" : "/") + "k".repeat(i % 97);
            xml.element("Key", key);
            keys.add(key.replace("\u0001", "?"));
        }
        assertEquals(
                DECLARATION + "<Root xmlns=\"" + XmlWriter.S3_NAMESPACE + "\">"
                        + keys.stream()
                                .map(key -> "<Key>" + key.replace("&", "&amp;").replace("<", "&lt;") + "</Key>")
                                .collect(Collectors.joining())
                        + "</Root>",
                text(xml).replace("&#x1;", "?"));
    }

    private static boolean isXmlCharacter(int c) {
        return c == '\t' || c == '\n' || c == '\r' || c >= ' ' && c != 0xfffe && c != 0xffff;
    }

    @Example
    void readsWithAndWithoutNamespaces() {
        for (String root : List.of("<Delete>", "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">")) {
            XmlElement delete = read(root + "<Object><Key>a</Key></Object><Object><Key> b </Key></Object>"
                    + "<Quiet>true</Quiet><!-- c --></Delete>");
            assertEquals(2, delete.children("Object").size());
            assertEquals(" b ", delete.children("Object").get(1).requiredText("Key"));
            assertEquals(Optional.of("true"), delete.childText("Quiet"));
            assertEquals(Optional.empty(), delete.childText("None"));
        }
        XmlElement prefixed =
                read("<s:Delete xmlns:s=\"x\" a=\"1\"><s:Quiet><![CDATA[<]]>&amp;&#65;</s:Quiet></s:Delete>");
        assertEquals(Optional.of("<&A"), prefixed.childText("Quiet"));
        assertEquals(Optional.of("1"), prefixed.attribute("a"));
    }

    @Example
    void refusesWhatIsDangerousOrWrong() {
        for (String document : List.of(
                "",
                " ",
                "<Delete>",
                "<Delete></delete>",
                "<Other/>",
                "<Delete/><Delete/>",
                "text",
                "<Delete>\u0001</Delete>",
                "<!DOCTYPE Delete [<!ENTITY a \"b\">]><Delete>&a;</Delete>",
                "<!DOCTYPE Delete SYSTEM \"file:///etc/hostname\"><Delete/>",
                "<!DOCTYPE Delete [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><Delete>&a;</Delete>",
                "<Delete>&a;</Delete>",
                "<Delete>" + "<a>".repeat(17) + "</a>".repeat(17) + "</Delete>",
                "<Delete>" + "<a/>".repeat(100_001) + "</Delete>",
                "<Delete>" + "<a b='' c='' d=''/>".repeat(25_001) + "</Delete>")) {
            S3Exception refused = assertThrows(S3Exception.class, () -> read(document), document);
            assertEquals(S3Error.MALFORMED_XML, refused.error());
        }
    }

    /** The most that a batch of deletions may hold; the JDK would count each reference as an entity. */
    @Example
    void readsKeysThatAreAllReferences() {
        String key = "<Object><Key>" + "&amp;&#x26;".repeat(512) + "</Key></Object>";
        XmlElement batch = read("<Delete>" + key.repeat(1000) + "</Delete>");
        assertEquals(1000, batch.children("Object").size());
        assertEquals("&".repeat(1024), batch.children("Object").getLast().requiredText("Key"));
    }

    @Property
    void noiseIsRefused(@ForAll byte[] noise) {
        S3Exception refused = assertThrows(S3Exception.class, () -> XmlReader.read(noise, "Delete"));
        assertEquals(S3Error.MALFORMED_XML, refused.error());
    }

    private static XmlElement read(String document) {
        return XmlReader.read(document.getBytes(StandardCharsets.UTF_8), "Delete");
    }

    private static XmlElement read(XmlWriter xml, String root) {
        return XmlReader.read(text(xml).getBytes(StandardCharsets.UTF_8), root);
    }

    private static String text(XmlWriter xml) {
        return text(xml.finish());
    }

    /** What the pieces of a body are together. */
    static String text(List<ByteBuffer> pieces) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ByteBuffer piece : pieces) {
            bytes.write(piece.array(), piece.position(), piece.remaining());
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
