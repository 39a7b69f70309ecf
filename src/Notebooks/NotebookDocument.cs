using System.Buffers;
using System.Security.Cryptography;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Merging;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks;

/// <summary>
/// A notebook and the very bytes it was read from. It never changes: edits and updates give another document, in which what
/// was not changed keeps its bytes. Versions 2, 3 and 4 of nbformat are read, unknown minor versions of 4 too.
/// </summary>
public sealed class NotebookDocument
{
    // Made when first asked for; two threads that ask at once make the same.
    private JsonStyle? _style;
    private string?[]? _modelIds;

    internal NotebookDocument(JsonTape tape, int major, int minor, NotebookCell[] cells)
    {
        Tape = tape;
        Major = major;
        Minor = minor;
        Cells = cells;
    }

    /// <summary>nbformat: 2, 3 or 4.</summary>
    public int Major { get; }

    /// <summary>nbformat_minor; 0 when the file names none.</summary>
    public int Minor { get; }

    /// <summary>The cells in order, those of all worksheets in versions 2 and 3.</summary>
    public IReadOnlyList<NotebookCell> Cells { get; }

    /// <summary>
    /// For each cell the id under which <see cref="WriteJupyterModel"/> sends it: its own, or one derived from its place and
    /// content where format 4.5 asks for an id and it has none or one that another cell has. Null below 4.5 without one.
    /// </summary>
    public IReadOnlyList<string?> ModelIds => _modelIds ??= CellIds.Of(this);

    /// <summary>The bytes, a byte order mark included.</summary>
    public ReadOnlyMemory<byte> Bytes => Tape.Bytes;

    /// <summary>The notebook's metadata as JSON in the file's bytes; <c>{}</c> when it has none.</summary>
    public ReadOnlyMemory<byte> MetadataJson => Tape.Find(0, "metadata"u8) is >= 0 and var node ? Tape.Slice(node) : "{}"u8.ToArray();

    /// <summary>metadata.kernelspec.name; null when it is not there.</summary>
    public string? KernelName => MetadataText("kernelspec"u8, "name"u8);

    /// <summary>metadata.language_info.name, else metadata.kernelspec.language; null when neither is there.</summary>
    public string? Language => MetadataText("language_info"u8, "name"u8) ?? MetadataText("kernelspec"u8, "language"u8);

    internal JsonTape Tape { get; }

    internal JsonStyle Style => _style ??= StyleOf.Document(this);

    /// <summary>Reads a notebook. The document keeps the memory; it must not change afterwards.</summary>
    public static NotebookResult Parse(ReadOnlyMemory<byte> utf8) => NotebookParser.Parse(utf8);

    /// <summary>
    /// Makes the file that Jupyter writes for <c>content</c> of its contents API: nbformat.write, byte for byte, but cell ids
    /// that are missing are derived from place and content, not random. Versions 2 and 3 become 4.5.
    /// </summary>
    public static NotebookResult FromJupyterModel(ReadOnlyMemory<byte> contentJson)
    {
        var read = NotebookParser.Parse(contentJson);
        return read.TryGet(out var content, out _) ? new NotebookResult(JupyterFile.Of(content.AsModel()), null) : read;
    }

    /// <summary>Writes the file's bytes as they are.</summary>
    public void WriteTo(IBufferWriter<byte> writer) => writer.Write(Bytes.Span);

    /// <summary>A copy of the file's bytes.</summary>
    public byte[] ToBytes() => Bytes.ToArray();

    /// <summary>
    /// Writes the notebook as <c>content</c> in Jupyter's contents API: version 4, texts joined; 2 and 3 are upgraded as
    /// nbformat does, 4 keeps its minor version. The JSON is on one line.
    /// </summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="trusted">What <c>metadata.trusted</c> of every code cell says; null for no such mark.</param>
    public void WriteJupyterModel(IBufferWriter<byte> writer, bool? trusted = null)
    {
        var sink = new ByteSink(bytes => writer.Write(bytes));
        if (Major < 4)
            new UpgradeWriter(sink) { Trusted = trusted }.Write(this);
        else
            new ModelWriter(sink) { Trusted = trusted }.WriteNotebook(this);
        sink.Flush();
    }

    /// <summary>This document in version 4; itself when it is. A file of version 2 or 3 becomes what Jupyter would save.</summary>
    public NotebookDocument Upgrade()
    {
        if (Major >= 4)
            return this;
        var model = new ArrayBufferWriter<byte>(Bytes.Length + 1024);
        WriteJupyterModel(model);
        return JupyterFile.Of(Parsed(model.WrittenMemory));
    }

    /// <summary>
    /// The file after a client has saved <c>content</c> of the contents API over it. What is equal keeps its bytes (the order
    /// of keys, the spelling of numbers and texts and keys that Jupyter drops do not count), so content that says nothing new
    /// gives this document. What differs is written in the file's style. Version 2 or 3 becomes a Jupyter file once changed.
    /// </summary>
    public NotebookResult Update(ReadOnlyMemory<byte> contentJson)
    {
        var read = NotebookParser.Parse(contentJson);
        if (!read.TryGet(out var content, out _))
            return read;
        return new NotebookResult(NotebookUpdate.Apply(this, content.AsModel()), null);
    }

    /// <summary>
    /// For each cell of a later state of this notebook the number of the cell here that it was, or -1: by id, then by source in the order of both,
    /// then by place between those. Both are of version 4.
    /// </summary>
    public int[] MatchCells(NotebookDocument later)
    {
        ArgumentNullException.ThrowIfNull(later);
        return CellMatching.Match(this, later);
    }

    /// <summary>Begins a change. A document of version 2 or 3 is upgraded for it.</summary>
    public NotebookEditor Edit() => new(Upgrade());

    /// <summary>
    /// SHA-256 over everything but outputs, execution counts, widget state and papermill's metadata: the same before and after a run, and for any
    /// spelling of white space and line lists. A version 2 or 3 notebook counts as its upgrade.
    /// </summary>
    public byte[] SourceHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sink = new ByteSink(hash.AppendData);
        new ModelWriter(sink) { WithoutOutputs = true }.WriteNotebook(Upgrade());
        sink.Flush();
        return hash.GetHashAndReset();
    }

    /// <summary>Bytes that this library wrote itself.</summary>
    internal static NotebookDocument Parsed(ReadOnlyMemory<byte> bytes) =>
        NotebookParser.Parse(bytes).TryGet(out var document, out var fault)
            ? document
            : throw new InvalidOperationException("A notebook was written that cannot be read: " + fault.Message);

    /// <summary>This document, which a client sent, in version 4 and with every id that 4.5 asks for.</summary>
    private NotebookDocument AsModel()
    {
        var needed = Major < 4;
        for (var cell = 0; cell < Cells.Count && !needed; cell++)
            needed = ModelIds[cell] is { } id && Cells[cell].Id != id;
        if (!needed)
            return this;
        var model = new ArrayBufferWriter<byte>(Bytes.Length + 1024);
        WriteJupyterModel(model);
        return Parsed(model.WrittenMemory);
    }

    private string? MetadataText(ReadOnlySpan<byte> outer, ReadOnlySpan<byte> inner)
    {
        var tape = new JsonTape().Load(MetadataJson);
        var value = tape.Find(0, outer);
        var text = value < 0 ? -1 : tape.Find(value, inner);
        return text >= 0 && tape[text].Kind == JsonKind.String ? JsonText.ToString(tape, text) : null;
    }
}
