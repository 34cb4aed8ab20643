package io.kintsugi;

/**
 * An address to listen on.
 *
 * @param host a name or an address, IPv6 without brackets; {@code 0.0.0.0} for all
 * @param port 0 to 65,535; 0 lets the system choose
 */
record HostPort(String host, int port) {
    static final String ANY = "0.0.0.0";
    private static final int MAX_PORT = 65_535;

    /**
     * Parses {@code host:port}, {@code :port} or {@code [v6]:port}.
     *
     * @throws UsageException with what is wrong and how it should look
     */
    static HostPort parse(String name, String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw wrong(name, text);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw wrong(name, text);
        }
        return new HostPort(
                host.isEmpty() || host.equals("*") ? ANY : host, port(name, text, text.substring(colon + 1)));
    }

    private static int port(String name, String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw wrong(name, text);
        }
        throw wrong(name, text);
    }

    private static UsageException wrong(String name, String text) {
        return new UsageException(name + " is '" + text + "', but must be host:port or :port, as in 0.0.0.0:9000");
    }

    /** A URL that works on this machine. */
    String url() {
        String shown = host.equals(ANY) || host.equals("::") ? "127.0.0.1" : host;
        return "http://" + (shown.indexOf(':') >= 0 ? "[" + shown + "]" : shown) + ":" + port;
    }

    HostPort withPort(int actual) {
        return new HostPort(host, actual);
    }
}
