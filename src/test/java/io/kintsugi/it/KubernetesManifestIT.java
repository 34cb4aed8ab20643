package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The manifest that {@code ./mvnw package} wrote: read into the API's types, then held to what a cluster expects of us.
 */
class KubernetesManifestIT {
    private static final Path MANIFEST = Path.of("target/kubernetes/kubernetes.yml");
    private static final Map<String, String> SELECTOR = Map.of("app.kubernetes.io/name", "kintsugi");
    private static final Set<String> DRIVES =
            IntStream.rangeClosed(1, 4).mapToObj(n -> "drive" + n).collect(Collectors.toSet());
    private static final int S3 = 9000;
    private static final int MANAGEMENT = 9002;
    private static final long USER = 10001;

    /** fabric8's types keep fields that they don't know; this reader refuses them. */
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated ignored) {
                    return false;
                }
            })
            .build();

    private final StatefulSet set = the(StatefulSet.class, "kintsugi");
    private final PodSpec pod = set.getSpec().getTemplate().getSpec();
    private final Container container = pod.getContainers().getFirst();

    @Test
    void holdsOnlyFieldsThatTheApiKnows() {
        for (JsonNode document : documents()) {
            typed(document, type(document.get("kind").textValue()));
        }
    }

    @Test
    void aFieldThatTheApiDoesNotKnowIsNoticed() {
        ObjectNode document = new ObjectMapper().valueToTree(set);
        ((ObjectNode) document.at("/spec/template/spec/containers/0")).put("readOnlyRootFilesytem", true);
        assertThrows(AssertionError.class, () -> typed(document, StatefulSet.class));
    }

    @Test
    void oneProcessWithAClaimForEachDrive() {
        assertEquals(1, set.getSpec().getReplicas());
        assertEquals("Parallel", set.getSpec().getPodManagementPolicy());
        assertEquals("kintsugi-hl", set.getSpec().getServiceName());
        assertEquals(SELECTOR, set.getSpec().getSelector().getMatchLabels());
        assertEquals(1, pod.getContainers().size());
        assertEquals(
                DRIVES,
                claims().stream().map(claim -> claim.getMetadata().getName()).collect(Collectors.toSet()));
        for (PersistentVolumeClaim claim : claims()) {
            assertEquals("kintsugi-cbs", claim.getSpec().getStorageClassName());
            assertEquals(List.of("ReadWriteOnce"), claim.getSpec().getAccessModes());
            assertTenGigabytes(claim.getSpec().getResources().getRequests().get("storage"));
        }
        assertEquals(
                "Retain",
                set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenDeleted());
    }

    /** Kubernetes refuses to change selectors and claim templates: no version or build may stand there. */
    @Test
    void whatCanNotChangeNamesNoVersion() {
        Set<String> labels = Set.of("app.kubernetes.io/name", "app.kubernetes.io/managed-by");
        Stream<ObjectMeta> metas = claims().stream().map(HasMetadata::getMetadata);
        metas.forEach(meta -> {
            assertTrue(labels.containsAll(meta.getLabels().keySet()), () -> "labels " + meta.getLabels());
            assertEquals(Map.of(), meta.getAnnotations());
        });
    }

    @Test
    void theVolumesAreTheMountedDrives() {
        assertEquals("/data/drive{1...4}", environment("KINTSUGI_VOLUMES").getValue());
        Map<String, String> mounts = container.getVolumeMounts().stream()
                .collect(Collectors.toMap(mount -> mount.getName(), mount -> mount.getMountPath()));
        DRIVES.forEach(drive -> assertEquals("/data/" + drive, mounts.get(drive)));
    }

    @Test
    void rootCredentialsComeFromASecretThatMayBeMissing() {
        for (String name : List.of("KINTSUGI_ROOT_USER", "KINTSUGI_ROOT_PASSWORD")) {
            var secret = environment(name).getValueFrom().getSecretKeyRef();
            assertEquals("kintsugi-root", secret.getName());
            assertTrue(secret.getOptional());
        }
    }

    @Test
    void probesAskTheManagementPort() {
        assertProbe(container.getLivenessProbe(), "/q/health/live");
        assertProbe(container.getReadinessProbe(), "/q/health/ready");
        assertProbe(container.getStartupProbe(), "/q/health/started");
        Probe startup = container.getStartupProbe();
        assertTrue(startup.getFailureThreshold() * startup.getPeriodSeconds() >= 300, "time to recover the drives");
    }

    @Test
    void runsWithoutPrivileges() {
        var podContext = pod.getSecurityContext();
        assertTrue(podContext.getRunAsNonRoot());
        assertEquals(USER, podContext.getRunAsUser());
        assertEquals(USER, podContext.getRunAsGroup());
        assertEquals(USER, podContext.getFsGroup());
        assertEquals("OnRootMismatch", podContext.getFsGroupChangePolicy());
        assertEquals("RuntimeDefault", podContext.getSeccompProfile().getType());
        var context = container.getSecurityContext();
        assertFalse(context.getAllowPrivilegeEscalation());
        assertFalse(context.getPrivileged());
        assertEquals(List.of("ALL"), context.getCapabilities().getDrop());
        assertEquals(List.of(), context.getCapabilities().getAdd());
        assertFalse(pod.getAutomountServiceAccountToken());
    }

    @Test
    void onlyTmpIsWritableBesideTheDrives() {
        assertTrue(container.getSecurityContext().getReadOnlyRootFilesystem());
        assertEquals(1, pod.getVolumes().size());
        assertTrue(pod.getVolumes().getFirst().getEmptyDir() != null, "an emptyDir");
        String name = pod.getVolumes().getFirst().getName();
        assertTrue(container.getVolumeMounts().stream()
                .anyMatch(mount ->
                        mount.getName().equals(name) && mount.getMountPath().equals("/tmp")));
    }

    @Test
    void spreadsOverNodesAndSurvivesDrains() {
        var term = pod.getAffinity()
                .getPodAntiAffinity()
                .getPreferredDuringSchedulingIgnoredDuringExecution()
                .getFirst()
                .getPodAffinityTerm();
        assertEquals("kubernetes.io/hostname", term.getTopologyKey());
        assertEquals(SELECTOR, term.getLabelSelector().getMatchLabels());
        var budget = the(PodDisruptionBudget.class, "kintsugi").getSpec();
        assertEquals(1, budget.getMaxUnavailable().getIntVal());
        assertEquals(SELECTOR, budget.getSelector().getMatchLabels());
        assertTrue(pod.getTerminationGracePeriodSeconds() >= 60, "time to drain requests");
    }

    @Test
    void asksForWhatItUses() {
        var resources = container.getResources();
        assertEquals(new Quantity("2Gi"), resources.getRequests().get("memory"));
        assertEquals(new Quantity("2Gi"), resources.getLimits().get("memory"));
        assertEquals(new Quantity("1"), resources.getRequests().get("cpu"));
        assertFalse(resources.getLimits().containsKey("cpu"), "a CPU limit makes latency, not room");
    }

    @Test
    void clientsReachOnlyS3() {
        Service clients = the(Service.class, "kintsugi-s3");
        assertEquals("LoadBalancer", clients.getSpec().getType());
        assertEquals(SELECTOR, clients.getSpec().getSelector());
        assertEquals(
                List.of(S3),
                clients.getSpec().getPorts().stream()
                        .map(port -> port.getPort())
                        .toList());
        assertTrue(container.getPorts().stream()
                .anyMatch(port -> port.getName().equals("s3") && port.getContainerPort() == S3));
    }

    @Test
    void podsHaveNames() {
        Service headless = the(Service.class, set.getSpec().getServiceName());
        assertEquals("None", headless.getSpec().getClusterIP());
        assertTrue(headless.getSpec().getPublishNotReadyAddresses());
        assertEquals(SELECTOR, headless.getSpec().getSelector());
    }

    /** Names and values from Tencent Cloud's documentation: product/457 pages 51258 and 36158, and the CBS driver's. */
    @Test
    void tencentCloudIsAskedInItsOwnWords() {
        Map<String, String> balancer =
                the(Service.class, "kintsugi-s3").getMetadata().getAnnotations();
        assertTrue(balancer.containsKey("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid"));
        assertEquals("true", balancer.get("service.cloud.tencent.com/enable-grace-shutdown"));
        assertEquals("true", balancer.get("service.cloud.tencent.com/direct-access"));
        StorageClass disks = the(StorageClass.class, "kintsugi-cbs");
        assertEquals("com.tencent.cloud.csi.cbs", disks.getProvisioner());
        assertEquals("WaitForFirstConsumer", disks.getVolumeBindingMode());
        assertEquals("Retain", disks.getReclaimPolicy());
        assertTrue(disks.getAllowVolumeExpansion());
        assertTrue(Set.of("CLOUD_PREMIUM", "CLOUD_SSD", "CLOUD_HSSD")
                .contains(disks.getParameters().get("diskType")));
    }

    private static void assertProbe(Probe probe, String path) {
        assertEquals(path, probe.getHttpGet().getPath());
        assertEquals(MANAGEMENT, probe.getHttpGet().getPort().getIntVal());
    }

    /** CBS sells disks in steps of 10 GB, SSD from 20. */
    private static void assertTenGigabytes(Quantity size) {
        assertEquals("Gi", size.getFormat());
        int amount = Integer.parseInt(size.getAmount());
        assertTrue(amount >= 20 && amount % 10 == 0, () -> size + " is no size of a CBS disk");
    }

    private List<PersistentVolumeClaim> claims() {
        return set.getSpec().getVolumeClaimTemplates();
    }

    private EnvVar environment(String name) {
        return container.getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no variable " + name));
    }

    private static <T extends HasMetadata> T the(Class<T> type, String name) {
        return documents().stream()
                .filter(document -> document.get("kind").textValue().equals(type.getSimpleName()))
                .map(document -> typed(document, type))
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " " + name + " in " + MANIFEST));
    }

    private static Class<? extends HasMetadata> type(String kind) {
        return Stream.of(StatefulSet.class, Service.class, PodDisruptionBudget.class, StorageClass.class)
                .filter(type -> type.getSimpleName().equals(kind))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the manifest has a " + kind + ", which no test knows"));
    }

    private static <T> T typed(JsonNode document, Class<T> type) {
        try {
            return STRICT.treeToValue(document, type);
        } catch (IOException e) {
            throw new AssertionError("not a " + type.getSimpleName() + ": " + document, e);
        }
    }

    private static List<JsonNode> documents() {
        ObjectReader yaml = new ObjectMapper(new YAMLFactory()).readerFor(JsonNode.class);
        try (var values = yaml.<JsonNode>readValues(Files.readString(MANIFEST))) {
            return values.readAll();
        } catch (IOException e) {
            throw new AssertionError(MANIFEST + " can't be read: run ./mvnw package", e);
        }
    }
}
