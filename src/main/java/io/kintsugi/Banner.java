package io.kintsugi;

import io.kintsugi.cluster.Topology;
import io.kintsugi.codec.CodecInfo;

/** What is said once, when the store is ready. */
final class Banner {
    private static final System.Logger LOG = System.getLogger("io.kintsugi");

    private Banner() {}

    static void show(Settings settings, Store store) {
        Topology topology = store.rooms().topology();
        HostPort s3 = settings.addresses().s3().withPort(store.port());
        LOG.log(
                System.Logger.Level.INFO,
                "Kintsugi " + Main.version() + " is ready: " + topology.drives().size() + " drives, EC "
                        + topology.defaultCode() + ", S3 at " + s3.url() + ", health and metrics at "
                        + settings.addresses().management().url() + "/q/health");
        LOG.log(System.Logger.Level.INFO, "Kernels: " + CodecInfo.current().summary());
        if (store.credentials().fresh()) {
            Terminal.print(
                    firstSteps(s3.url(), settings.region(), store.credentials().credentials()));
        }
    }

    private static String firstSteps(String url, String region, Settings.Credentials root) {
        return """

            Root credentials were made for this store, and are shown only now. They are
            kept on each drive, in %s (mode 0600).

              access key  %s
              secret key  %s
              endpoint    %s

              export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_DEFAULT_REGION=%s
              aws --endpoint-url %s s3 mb s3://first

              mc alias set kintsugi %s %s %s
            """.formatted(
                        RootCredentialsFile.NAME,
                        root.user(),
                        root.password(),
                        url,
                        root.user(),
                        root.password(),
                        region,
                        url,
                        url,
                        root.user(),
                        root.password());
    }
}
