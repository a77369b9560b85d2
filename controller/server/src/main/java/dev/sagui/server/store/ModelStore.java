/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.json.Fields;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.catalog.StoredVariant;
import dev.sagui.tensor.DataType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.EmptyHandling;
import org.jdbi.v3.core.statement.StatementContext;

/** Models and their variants. */
public final class ModelStore {
  private final Database database;

  public ModelStore(Database database) {
    this.database = database;
  }

  /** Whether it was added; false when the name is taken. */
  public boolean add(Model model) {
    return database.write(h -> add(h, model));
  }

  static boolean add(Handle h, Model model) {
    return h.createUpdate(
                """
                        INSERT INTO models VALUES (:name, :digest, :bytes, :opset, :parameters,
                          :inputs, :outputs, :files, :created) ON CONFLICT DO NOTHING""")
            .bind("name", model.name().value())
            .bind("digest", model.digest().hex())
            .bind("bytes", model.bytes())
            .bind("opset", model.opset())
            .bind("parameters", model.parameters())
            .bind("inputs", tensors(model.inputs()))
            .bind("outputs", tensors(model.outputs()))
            .bind("files", Columns.list(model.files().stream().map(StoredFile::json).toList()))
            .bind("created", model.created().toEpochMilli())
            .execute()
        == 1;
  }

  public Optional<Model> find(String name) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM models WHERE name = :name")
                .bind("name", name)
                .map(ModelStore::model)
                .findOne());
  }

  /** By name, those after {@code after}. */
  public List<Model> list(String after, int limit) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM models WHERE name > :after ORDER BY name LIMIT :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map(ModelStore::model)
                .list());
  }

  /** In place of another one of its name. */
  static void putVariant(Handle h, StoredVariant v) {
    h.createUpdate(
            """
            INSERT OR REPLACE INTO variants VALUES (:model, :name, :bytes, :psnr, :identical, :p50,
              :entry, :files, :golden)""")
        .bind("model", v.model().value())
        .bind("name", v.name().value())
        .bind("bytes", v.bytes())
        .bind("psnr", v.psnrDb().isPresent() ? Double.valueOf(v.psnrDb().getAsDouble()) : null)
        .bind("identical", v.identical() ? 1 : 0)
        .bind("p50", v.p50Millis())
        .bind("entry", v.entry())
        .bind("files", Columns.list(v.files().stream().map(StoredFile::json).toList()))
        .bind("golden", Columns.json(v.golden().json()))
        .execute();
  }

  /** By size, largest first. */
  public List<StoredVariant> variants(String model) {
    return variants(List.of(model)).getOrDefault(model, List.of());
  }

  /** Variants of each of the models that has some, by size, largest first. */
  public Map<String, List<StoredVariant>> variants(List<String> names) {
    return database
        .read(
            h ->
                h.createQuery(
                        "SELECT * FROM variants WHERE model IN (<names>) ORDER BY bytes DESC, name")
                    .bindList(EmptyHandling.NULL_KEYWORD, "names", names)
                    .map(ModelStore::variant)
                    .list())
        .stream()
        .collect(Collectors.groupingBy(variant -> variant.model().value()));
  }

  private static Model model(ResultSet row, StatementContext context) throws SQLException {
    return new Model(
        new ArtifactName(Columns.text(row, "name")),
        new Digest(Columns.text(row, "digest")),
        row.getLong("bytes"),
        row.getLong("opset"),
        row.getLong("parameters"),
        Columns.list(row, "inputs_json", ModelStore::tensor),
        Columns.list(row, "outputs_json", ModelStore::tensor),
        Columns.list(row, "files_json", StoredFile::parse),
        Columns.time(row, "created"));
  }

  private static StoredVariant variant(ResultSet row, StatementContext context)
      throws SQLException {
    double psnr = row.getDouble("psnr_db");
    OptionalDouble psnrDb = row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(psnr);
    return new StoredVariant(
        new ArtifactName(Columns.text(row, "model")),
        new ArtifactName(Columns.text(row, "name")),
        row.getLong("bytes"),
        psnrDb,
        row.getInt("identical") == 1,
        row.getDouble("p50_ms"),
        Columns.text(row, "entry"),
        Columns.list(row, "files_json", StoredFile::parse),
        StoredFile.parse(Columns.object(Columns.text(row, "golden_json"))));
  }

  private static String tensors(List<TensorInfo> tensors) {
    return Columns.list(tensors.stream().map(TensorInfo::json).toList());
  }

  private static TensorInfo tensor(Fields f) {
    return new TensorInfo(
        f.string("name"),
        DataType.ofProtocol(f.string("datatype")),
        Arrays.stream(f.integers("shape")).boxed().toList());
  }
}
