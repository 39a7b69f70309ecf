using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Merging;

namespace Holdfast.Notebooks.Running;

/// <summary>
/// The notebook that a run writes, as papermill writes it: parameters in a cell of their own, no outputs but those of the run, and in
/// <c>metadata.papermill</c> of the notebook and of each cell what became of it. Not safe for concurrent calls.
/// </summary>
public sealed class RunNotebook
{
    private const string ErrorTag = "papermill-error-cell-tag";
    private const string ErrorStyle = "color:red; font-family:Helvetica Neue, Helvetica, Arial, sans-serif; font-size:2em;";
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly RunTimes[] _cells;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly string _input;
    private readonly string _output;
    private readonly string _version;
    private readonly IReadOnlyList<KeyValuePair<string, ParameterValue>> _parameters;
    private RunTimes _whole = new();

    private RunNotebook(NotebookDocument start, string input, string output, string version, IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters)
    {
        (Start, _input, _output, _version, _parameters) = (start, input, output, version, parameters);
        Cells = RunCell.Of(start);
        _cells = [.. Enumerable.Repeat(new RunTimes(), start.Cells.Count)];
        for (var cell = 0; cell < start.Cells.Count; cell++)
        {
            if (start.ModelIds[cell] is { } id) _numbers.TryAdd(id, cell);
        }
    }

    /// <summary>The notebook before its first cell runs.</summary>
    public NotebookDocument Start { get; private set; }

    /// <summary>The cells to run, in order.</summary>
    public IReadOnlyList<RunCell> Cells { get; }

    /// <summary>Puts together what is to be run.</summary>
    /// <param name="notebook">The input.</param>
    /// <param name="input">Its name, for the metadata.</param>
    /// <param name="output">The name of the file that the run writes, for the metadata.</param>
    /// <param name="version">Name and version of the program, for the metadata.</param>
    /// <param name="parameters">What the caller sets; none adds no cell.</param>
    /// <param name="began">When the run began.</param>
    /// <returns>Null for parameters in a language that is not known here.</returns>
    public static RunNotebook? Of(
        NotebookDocument notebook, string input, string output, string version, IReadOnlyList<KeyValuePair<string, ParameterValue>> parameters, DateTimeOffset began)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(parameters);
        notebook = notebook.Upgrade();
        var editor = notebook.Edit();
        for (var cell = notebook.Cells.Count - 1; cell >= 0; cell--)
        {
            if (notebook.Cells[cell].Tags.Contains(ErrorTag))
            {
                editor.DeleteCell(cell);
                continue;
            }

            if (notebook.ModelIds[cell] is { } id && notebook.Cells[cell].Id != id) editor.SetId(cell, id);
            if (notebook.Cells[cell].Type != "code") continue;
            editor.SetOutputs(cell, "[]"u8.ToArray());
            editor.SetExecutionCount(cell, null);
        }

        notebook = editor.ToDocument();
        if (parameters.Count > 0)
        {
            if (ParameterLanguage.Of(notebook.Language) is not { } language) return null;
            notebook = Injected(notebook, language.Assign(parameters));
        }

        var run = new RunNotebook(notebook, input, output, version, parameters) { _whole = new RunTimes { Began = began } };
        run.Start = run.Apply(notebook);
        return run;
    }

    /// <summary>A cell begins.</summary>
    public void Begin(RunCell cell, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(cell);
        _cells[cell.Index] = new RunTimes { Began = time, Status = "running", HasFailed = false };
    }

    /// <summary>A cell has ended.</summary>
    public void End(RunCell cell, DateTimeOffset time, bool hasFailed)
    {
        ArgumentNullException.ThrowIfNull(cell);
        _cells[cell.Index] = _cells[cell.Index] with { Ended = time, Status = hasFailed ? "failed" : "completed", HasFailed = hasFailed };
        if (hasFailed) _whole = _whole with { HasFailed = true };
    }

    /// <summary>The run has ended: what had nothing to run is completed, up to the cell that failed.</summary>
    public void End(DateTimeOffset time)
    {
        _whole = _whole with { Ended = time };
        for (var cell = 0; cell < _cells.Length && _cells[cell].Status != "failed"; cell++)
        {
            if (_cells[cell].Status == "pending") _cells[cell] = _cells[cell] with { Status = "completed" };
        }
    }

    /// <summary>A later state of the notebook's file with what is known of the run in its metadata.</summary>
    public NotebookDocument Apply(NotebookDocument file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var editor = file.Edit();
        for (var cell = 0; cell < file.Cells.Count; cell++)
        {
            if (Number(file, cell) is >= 0 and var known) editor.SetMetadata(cell, With(file.Cells[cell].MetadataJson, "papermill", Json(_cells[known].Write)));
        }

        editor.SetNotebookMetadata(With(file.MetadataJson, "papermill", Json(Write)));
        return editor.ToDocument();
    }

    /// <summary>The same with marks where a cell has failed: at the top, with a link, and above the cell.</summary>
    /// <param name="file">The state.</param>
    /// <param name="failed">The cell.</param>
    /// <param name="count">Its number among those that the kernel has run; null when that is not known.</param>
    public NotebookDocument ApplyError(NotebookDocument file, RunCell failed, long? count)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(failed);
        var marked = Apply(file);
        var place = Enumerable.Range(0, marked.Cells.Count).FirstOrDefault(cell => Number(marked, cell) == failed.Index, -1);
        if (place < 0) return marked;
        var editor = marked.Edit();
        Insert(editor, place, $"<span id=\"papermill-error-cell\" style=\"{ErrorStyle}\">The run came upon an error in this cell and stopped:</span>");
        Insert(editor, 0, string.Create(CultureInfo.InvariantCulture, $"<span style=\"{ErrorStyle}\">An error was encountered at '<a href=\"#papermill-error-cell\">In [{count}]</a>'.</span>"));
        return editor.ToDocument();
    }

    private static void Insert(NotebookEditor editor, int place, string text)
    {
        editor.InsertCell(place, "markdown", text);
        editor.SetMetadata(place, Tags(ErrorTag));
    }

    /// <summary>The cell goes where an earlier run has put one, else behind the cell of parameters, else to the top.</summary>
    private static NotebookDocument Injected(NotebookDocument notebook, string source)
    {
        var editor = notebook.Edit();
        var earlier = Enumerable.Range(0, notebook.Cells.Count).FirstOrDefault(cell => notebook.Cells[cell].Tags.Contains("injected-parameters"), -1);
        var place = earlier >= 0 ? earlier : NotebookParameters.Cell(notebook) + 1;
        if (earlier >= 0)
        {
            editor.SetSource(place, source);
            return editor.ToDocument();
        }

        editor.InsertCell(place, "code", source);
        editor.SetMetadata(place, Tags("injected-parameters"));
        return editor.ToDocument();
    }

    /// <summary>Which cell of the start a cell of the file is; -1 for none.</summary>
    private int Number(NotebookDocument file, int cell) =>
        file.ModelIds[cell] is { } id ? _numbers.GetValueOrDefault(id, -1) : file.Cells.Count == _cells.Length ? cell : -1;

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("default_parameters");
        json.WriteEndObject();
        _whole.WriteDuration(json);
        json.WriteStartObject("environment_variables");
        json.WriteEndObject();
        _whole.WriteException(json);
        json.WriteString("input_path", _input);
        json.WriteString("output_path", _output);
        json.WritePropertyName("parameters");
        ParameterValue.Write(json, _parameters);
        _whole.WriteStart(json);
        json.WriteString("version", _version);
        json.WriteEndObject();
    }

    private static byte[] Tags(string tag) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("tags");
        json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed)) write(json);
        return buffer.WrittenSpan.ToArray();
    }

    private static ReadOnlyMemory<byte> With(ReadOnlyMemory<byte> members, string name, byte[] value)
    {
        var edited = new EditedCell(0, members);
        edited.Set(name, value);
        return edited.Target().Json!.Value;
    }
}
