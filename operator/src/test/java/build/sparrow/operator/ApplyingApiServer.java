package build.sparrow.operator;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_CREATED;
import static java.net.HttpURLConnection.HTTP_INTERNAL_ERROR;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.net.HttpURLConnection.HTTP_OK;
import static java.nio.charset.StandardCharsets.UTF_8;

import build.sparrow.operator.FieldOwners.Manager;
import build.sparrow.operator.StoredObjects.Change;
import build.sparrow.operator.StoredObjects.Place;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * An API server in memory, with server-side apply, watches, and faults on command. It keeps owners
 * of fields, versions, generations, preconditions and the status apart, and collects what is owned
 * by nothing; it validates nothing, and no controller runs but the tests themselves.
 */
public final class ApplyingApiServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UPDATER = "somebody";

  /**
   * A write as RBAC sees it.
   *
   * @param resource with its group, as {@code deployments.apps} or {@code buildfarms.sparrow.build/
   *     status}
   */
  public record Write(String verb, String resource, String namespace, String name) {
    @Override
    public String toString() {
      return verb + " " + resource + " " + namespace + "/" + name;
    }
  }

  private record Refusal(Predicate<Write> writes, int code, String reason, String message) {}

  private final StoredObjects objects = new StoredObjects();
  private final List<Write> writes = new ArrayList<>();
  private final Set<String> requests = new TreeSet<>();
  private final Set<String> apis = new TreeSet<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final KubernetesClient client;
  private volatile Optional<JsonNode> openApi = Optional.empty();
  private volatile boolean closed;
  private int writesUntilCrash = Integer.MAX_VALUE;
  private boolean crashed;

  private ApplyingApiServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
    client = newClient();
  }

  public static ApplyingApiServer start() throws IOException {
    return new ApplyingApiServer();
  }

  /** A client of it, which is closed with it. */
  public KubernetesClient client() {
    return client;
  }

  /** Another client, which whoever asked for it closes. */
  public KubernetesClient newClient() {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withNamespace("builds")
                .withAutoConfigure(false)
                .withOnlyHttpWatches(true)
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  /** Writes since the start or since they were forgotten; what tests put is not among them. */
  public synchronized List<Write> writes() {
    return List.copyOf(writes);
  }

  public synchronized void forgetWrites() {
    writes.clear();
  }

  /** Every verb and resource that was asked for, as {@code patch deployments.apps}. */
  public synchronized Set<String> requests() {
    return Set.copyOf(requests);
  }

  /**
   * Does the k-th write from now on, counted from 1, but loses its answer, and answers nothing
   * more: as if the operator had crashed after it.
   */
  public synchronized void crashAfterWrite(int k) {
    writesUntilCrash = k;
    crashed = false;
  }

  /** Answers again. */
  public synchronized void recover() {
    writesUntilCrash = Integer.MAX_VALUE;
    crashed = false;
  }

  /** Whether the crash has come. */
  public synchronized boolean hasCrashed() {
    return crashed;
  }

  /** Refuses such writes until {@link #allowAll}. */
  public synchronized void refuse(
      Predicate<Write> matching, int code, String reason, String message) {
    refusals.add(new Refusal(matching, code, reason, message));
  }

  public synchronized void allowAll() {
    refusals.clear();
  }

  /** Serves a kind beyond those that every cluster has. */
  public void addApi(String groupAndVersion) {
    apis.add(groupAndVersion);
  }

  /** Serves these schemas of kinds as OpenAPI; without, it knows none. */
  public void serveSchemas(JsonNode document) {
    openApi = Optional.of(document);
  }

  private JsonNode schemas() throws Refused {
    return openApi.orElseThrow(() -> Refused.notFound("openapi", "v3"));
  }

  /** Stores the object as it is, its status included; no write of the operator's. */
  public <T extends HasMetadata> T put(T object) {
    ObjectNode json = asSent(object);
    String namespace = Optional.ofNullable(object.getMetadata().getNamespace()).orElse("");
    Place place =
        new Place(
            group(object.getApiVersion(), object.getPlural()),
            namespace,
            object.getMetadata().getName());
    ObjectNode before = objects.get(place);
    if (before != null) {
      FieldOwners.of(before).update(before, json, new Manager(UPDATER, "Update", ""));
    }
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) object.getClass();
    return serialization().convertValue(objects.put(place, json), type);
  }

  /** Waits until it holds, at most 20 s; it is looked at after each change. */
  public void await(String what, BooleanSupplier holds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    long seen = -1;
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Not within 20 s: " + what);
      }
      objects.changesAfter(seen);
      seen = objects.version();
    }
  }

  /** By way of its text, in which an int and a long are the same. */
  private ObjectNode asSent(Object object) {
    return serialization().unmarshal(serialization().asJson(object), ObjectNode.class);
  }

  /** Every object by its place, without versions, identities and times. */
  public Map<String, JsonNode> state() {
    return objects.state();
  }

  private KubernetesSerialization serialization() {
    return client.getKubernetesSerialization();
  }

  @Override
  public void close() {
    closed = true;
    client.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = Request.of(exchange);
      try {
        if (request.path().startsWith("/openapi/")) {
          answer(exchange, HTTP_OK, schemas());
        } else if (request.isDiscovery()) {
          discover(exchange, request);
        } else if (request.isWatch()) {
          note(request, "watch");
          watch(exchange, request);
        } else if (exchange.getRequestMethod().equals("GET")) {
          note(request, request.name().isEmpty() ? "list" : "get");
          failIfCrashed();
          answer(exchange, HTTP_OK, read(request));
        } else {
          write(exchange, request);
        }
      } catch (Refused refused) {
        answer(exchange, refused.code, refused.status());
      }
    }
  }

  private synchronized void note(Request request, String verb) {
    requests.add(verb + " " + request.resource());
  }

  private void write(HttpExchange exchange, Request request) throws IOException, Refused {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    synchronized (this) {
      failIfCrashed();
      String verb =
          switch (exchange.getRequestMethod()) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            default -> "delete";
          };
      JsonNode json = body.isEmpty() ? JSON.createObjectNode() : JSON.readTree(body);
      String name = request.name().isEmpty() ? json.at("/metadata/name").asText() : request.name();
      Write write = new Write(verb, request.resource(), request.namespace(), name);
      note(request, verb);
      for (Refusal refusal : refusals) {
        if (refusal.writes().test(write)) {
          throw new Refused(refusal.code(), refusal.reason(), refusal.message());
        }
      }
      ObjectNode result = new Writing(objects, request, name).run(exchange, verb, json);
      writes.add(write);
      if (--writesUntilCrash == 0) {
        crashed = true;
      }
      failIfCrashed();
      answer(exchange, verb.equals("create") ? HTTP_CREATED : HTTP_OK, result);
    }
  }

  private synchronized void failIfCrashed() throws Refused {
    if (crashed) {
      throw new Refused(HTTP_INTERNAL_ERROR, "InternalError", "the API server is away");
    }
  }

  private ObjectNode read(Request request) throws Refused {
    if (!request.name().isEmpty()) {
      ObjectNode object =
          objects.get(new Place(request.plainResource(), request.namespace(), request.name()));
      if (object == null) {
        throw Refused.notFound(request.plainResource(), request.name());
      }
      return object;
    }
    ObjectNode list = JSON.createObjectNode();
    list.put("apiVersion", "v1").put("kind", "List");
    list.putObject("metadata").put("resourceVersion", Long.toString(objects.version()));
    list.putArray("items")
        .addAll(objects.list(request.plainResource(), request.namespace(), request.selector()));
    return list;
  }

  private void discover(HttpExchange exchange, Request request) throws IOException, Refused {
    String api = request.path().replaceFirst("^/apis?/", "");
    if (request.path().equals("/version")) {
      answer(exchange, HTTP_OK, JSON.createObjectNode().put("major", "1").put("minor", "36"));
    } else if (apis.contains(api)) {
      ObjectNode list = JSON.createObjectNode();
      list.put("kind", "APIResourceList").put("groupVersion", api);
      list.putArray("resources")
          .addObject()
          .put("name", "podmonitors")
          .put("kind", "PodMonitor")
          .put("namespaced", true);
      answer(exchange, HTTP_OK, list);
    } else {
      throw Refused.notFound("apis", api);
    }
  }

  private void watch(HttpExchange exchange, Request request) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(HTTP_OK, 0);
    long seen = Long.parseLong(request.query().getOrDefault("resourceVersion", "0"));
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(' '); // Before the first event; without a byte the headers would not go out.
      out.flush();
      while (!closed) {
        for (Change change : objects.changesAfter(seen)) {
          seen = change.version();
          ObjectNode event = request.event(change);
          if (event != null) {
            out.write((event + "\n").getBytes(UTF_8));
            out.flush();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The client has ended its watch.
    }
  }

  private static void answer(HttpExchange exchange, int code, JsonNode body) throws IOException {
    byte[] bytes = body.toString().getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  static String group(String apiVersion, String plural) {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? plural : plural + "." + apiVersion.substring(0, slash);
  }

  /** An answer that is an error. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;

    Refused(int code, String reason, String message) {
      super(message);
      this.code = code;
      this.reason = reason;
    }

    static Refused notFound(String resource, String name) {
      return new Refused(
          HTTP_NOT_FOUND, "NotFound", "%s \"%s\" not found".formatted(resource, name));
    }

    static Refused conflict(String message) {
      return new Refused(HTTP_CONFLICT, "Conflict", message);
    }

    JsonNode status() {
      return JSON.valueToTree(
          new StatusBuilder()
              .withStatus("Failure")
              .withCode(code)
              .withReason(reason)
              .withMessage(getMessage())
              .build());
    }
  }
}
