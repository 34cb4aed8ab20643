package io.kintsugi.s3;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.MissingResourceException;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads the XML document of a request. Hardened: document types and entities are refused, depth and number of elements
 * and attributes are bounded; the size in bytes is the caller's to bound ({@link S3Exchange#readBody}). Namespaces are
 * not looked at, as S3 takes documents with and without its own.
 */
final class XmlReader {
    private static final int MAX_DEPTH = 16;
    static final int MAX_ELEMENTS = 100_000;

    private final XMLStreamReader xml;
    private int elements;

    private XmlReader(XMLStreamReader xml) {
        this.xml = xml;
    }

    /**
     * Reads a document.
     *
     * @throws S3Exception {@code MalformedXML} when it is not well-formed, its root is another one, or it goes beyond
     *     the bounds
     */
    static XmlElement read(byte[] document, String root) {
        try {
            XMLStreamReader xml = factory().createXMLStreamReader(new StringReader(utf8(document)));
            try {
                return new XmlReader(xml).document(root);
            } finally {
                xml.close();
            }
        } catch (XMLStreamException e) {
            throw malformed("line " + e.getLocation().getLineNumber() + ", column "
                    + e.getLocation().getColumnNumber());
        } catch (MissingResourceException e) {
            // the parser's words for what is wrong, which a native image may lack
            throw malformed("it is not well-formed");
        }
    }

    /** Decoded here: the JDK's parser would write to the standard error output what it thinks of broken bytes. */
    private static String utf8(byte[] document) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(document))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw malformed("the document is not UTF-8");
        }
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        // the JDK counts "&amp;" as an entity, and gives up at 100,000: there are no others here
        factory.setProperty("jdk.xml.maxGeneralEntitySizeLimit", "0");
        factory.setProperty("jdk.xml.totalEntitySizeLimit", "0");
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("external entities are refused");
        });
        return factory;
    }

    private XmlElement document(String root) throws XMLStreamException {
        while (xml.next() != XMLStreamConstants.START_ELEMENT) {
            refuseDocumentType();
        }
        if (!xml.getLocalName().equals(root)) {
            throw malformed("the root element is not <" + root + ">");
        }
        XmlElement element = element(1);
        while (xml.hasNext()) {
            xml.next();
        }
        return element;
    }

    private XmlElement element(int depth) throws XMLStreamException {
        elements += 1 + xml.getAttributeCount();
        if (depth > MAX_DEPTH || elements > MAX_ELEMENTS) {
            throw malformed("more than " + MAX_DEPTH + " elements deep, or more than " + MAX_ELEMENTS
                    + " elements and attributes");
        }
        String name = xml.getLocalName();
        List<String> attributes = attributes();
        StringBuilder text = new StringBuilder();
        List<XmlElement> children = new ArrayList<>();
        while (xml.next() != XMLStreamConstants.END_ELEMENT) {
            if (xml.isStartElement()) {
                children.add(element(depth + 1));
            } else if (xml.getEventType() == XMLStreamConstants.ENTITY_REFERENCE) {
                throw malformed("entities are refused");
            } else if (xml.isCharacters() || xml.getEventType() == XMLStreamConstants.SPACE) {
                text.append(xml.getText());
            }
        }
        return new XmlElement(name, attributes, text.toString(), List.copyOf(children));
    }

    private List<String> attributes() {
        List<String> attributes = new ArrayList<>(2 * xml.getAttributeCount());
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            attributes.add(xml.getAttributeLocalName(i));
            attributes.add(xml.getAttributeValue(i));
        }
        return List.copyOf(attributes);
    }

    private void refuseDocumentType() {
        if (xml.getEventType() == XMLStreamConstants.DTD) {
            throw malformed("document types are refused");
        }
    }

    private static S3Exception malformed(String detail) {
        return new S3Exception(S3Error.MALFORMED_XML).with("Detail", detail);
    }
}
