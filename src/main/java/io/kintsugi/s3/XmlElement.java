package io.kintsugi.s3;

import java.util.List;
import java.util.Optional;

/**
 * An element of a request's XML document.
 *
 * @param name without its namespace prefix
 * @param attributes name, value, name, value…; names without prefix
 * @param text all character data directly within it, as it stands; blank for elements that have children
 */
record XmlElement(String name, List<String> attributes, String text, List<XmlElement> children) {
    /** The first child of that name. */
    Optional<XmlElement> child(String childName) {
        return children.stream().filter(child -> child.name.equals(childName)).findFirst();
    }

    List<XmlElement> children(String childName) {
        return children.stream().filter(child -> child.name.equals(childName)).toList();
    }

    /** The text of the first child of that name. */
    Optional<String> childText(String childName) {
        return child(childName).map(XmlElement::text);
    }

    /**
     * The text of the first child of that name.
     *
     * @throws S3Exception {@code MalformedXML} when there is none
     */
    String requiredText(String childName) {
        return childText(childName)
                .orElseThrow(() -> new S3Exception(S3Error.MALFORMED_XML)
                        .with("Detail", "<" + name + "> has no <" + childName + ">"));
    }

    Optional<String> attribute(String attributeName) {
        for (int i = 0; i < attributes.size(); i += 2) {
            if (attributes.get(i).equals(attributeName)) {
                return Optional.of(attributes.get(i + 1));
            }
        }
        return Optional.empty();
    }
}
