using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>A notebook's file as it is on the disk.</summary>
internal sealed class NotebookFile(string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>All that is in it.</summary>
    public string Text => File.ReadAllText(path);

    /// <summary>Writes it again as nbformat 4.2, whose cells have no ids.</summary>
    public void TakeIdsAway()
    {
        var notebook = Read();
        notebook["nbformat_minor"] = 2;
        foreach (var cell in notebook["cells"]!.AsArray()) cell!.AsObject().Remove("id");
        File.WriteAllText(path, notebook.ToJsonString());
    }

    /// <summary>The text of a cell's streams and results.</summary>
    public string Output(int cell) => string.Concat(Read()["cells"]![cell]!["outputs"]!.AsArray().Select(output => TextOf(output!)));

    public string Source(int cell) => Joined(Read()["cells"]![cell]!["source"]);

    public string Id(int cell) => (string)Read()["cells"]![cell]!["id"]!;

    public int? Count(int cell) => (int?)Read()["cells"]![cell]!["execution_count"];

    /// <summary>Waits until the file is so.</summary>
    public async Task WaitAsync(Predicate<NotebookFile> so)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!Holds())
        {
            if (limit.IsCancellationRequested) Assert.Fail($"The file has not become so:\n{Text}");
            await Task.Delay(Look, CancellationToken.None);
        }

        bool Holds()
        {
            try
            {
                return so(this);
            }
            catch (Exception notYet) when (notYet is ArgumentOutOfRangeException or JsonException)
            {
                return false;
            }
        }
    }

    private JsonNode Read() => JsonNode.Parse(Text)!;

    private static string TextOf(JsonNode output) => Joined(output["text"] ?? output["data"]?["text/plain"]);

    private static string Joined(JsonNode? text) => text switch
    {
        null => "",
        JsonArray lines => string.Concat(lines.Select(line => (string?)line)),
        _ => (string)text!,
    };
}
