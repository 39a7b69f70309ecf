using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Holdfast.Lab.Tests.Kernels;

namespace Holdfast.Lab.Tests.Recording;

/// <summary>What the recorder makes of a notebook's messages, against what nbclient makes of the same notebook.</summary>
public sealed partial class FoldingPeerTests(KeeperFixture keeper)
{
    /// <summary>Cells whose outputs are made in every way there is.</summary>
    private static readonly string[] Sources =
    [
        "import sys, time\nfrom IPython.display import display, clear_output, update_display, HTML, JSON, Image, Markdown, SVG\nprint('a'); print('b'); print('c', file=sys.stderr); sys.stderr.flush(); print('d')",
        "for n in range(0, 101, 10): print(f'\\r{n:3}%', end='', flush=True)\nprint()",
        "print('gone'); sys.stdout.flush(); clear_output(); print('stays')",
        "for n in range(3):\n    clear_output(wait=True)\n    print('round', n)\n    sys.stdout.flush()",
        "print('waits for more'); sys.stdout.flush(); clear_output(wait=True)",
        "display('first', display_id='shared'); display('other')",
        "display('second', display_id='shared'); update_display('both', display_id='shared')",
        "handle = display('x', display_id=True)\nhandle.update('y')\nhandle.display('again')\nhandle.update('z')",
        "display(HTML('<b>bold</b>'), JSON({'b': [1, 2.5, None], 'a': 'ä'}), Markdown('# head\\n\\ntext'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))",
        "display({'image/png': 'iVBORw0KGgo=', 'text/plain': 'picture'}, metadata={'image/png': {'width': 10}}, raw=True)",
        "{'text': 'an execute_result', 'n': [1, 2, 3]}",
        "print('before'); sys.stdout.flush()\n1 / 0",
        "raise SystemExit",
        "print('x' * 100_000)",
        "''",
        "class Rich:\n    def _repr_mimebundle_(self, **_): return {'text/plain': 'rich', 'application/vnd.x+json': {'k': [True]}}, {'application/vnd.x+json': {'m': 1}}\nRich()",
    ];

    [Fact]
    public async Task Outputs_OfEveryKind_AreNbclients()
    {
        await Nbclient.RequireAsync();
        await using var notebook = await RecordedNotebook.StartAsync(keeper, Sources);
        var copy = notebook.File + ".peer";
        File.Copy(notebook.File, copy);

        using (var page = await notebook.OpenPageAsync())
        {
            for (var cell = 0; cell < Sources.Length; cell++)
                await page.ReadExecutionAsync(await page.ExecuteAsync(Sources[cell], cell: $"c{cell}", stopOnError: false));
        }
        var recorded = await notebook.WaitForFileAsync(file => RecordedNotebook.TextOf(file, Sources.Length - 1) == "rich");
        var peer = await Nbclient.ExecuteAsync(copy);

        for (var cell = 0; cell < Sources.Length; cell++)
            Assert.Equal(Plain(peer, cell), Plain(recorded, cell));
    }

    /// <summary>A cell's outputs with streams joined as our file joins them, and without what differs from run to run.</summary>
    private static string Plain(JsonNode notebook, int cell)
    {
        var outputs = new JsonArray();
        foreach (var output in notebook["cells"]![cell]!["outputs"]!.AsArray().Select(output => output!.DeepClone()))
        {
            foreach (var holder in (JsonNode?[])[output, output["data"]])
            {
                foreach (var (key, value) in holder as JsonObject is { } known ? known.ToList() : [])
                {
                    if (key != "traceback" && value is JsonArray lines && lines.All(line => line?.GetValueKind() == System.Text.Json.JsonValueKind.String))
                        holder![key] = string.Concat(lines.Select(line => (string)line!));
                }
            }
            if (outputs.LastOrDefault() is { } last && (string?)output["output_type"] == "stream" && (string?)last["name"] == (string?)output["name"])
                last["text"] = (string)last["text"]! + (string)output["text"]!;
            else
                outputs.Add(output);
        }
        foreach (var stream in outputs.Where(output => (string?)output!["output_type"] == "stream"))
            stream!["text"] = Overwritten().Replace((string)stream["text"]!, "");
        return RecordedNotebook.CountOf(notebook, cell) + " " + Nbclient.Steady(outputs);
    }

    /// <summary>nbclient leaves carriage returns in the file; whoever reads it applies them.</summary>
    [GeneratedRegex(@".*\r(?=[^\n])")]
    private static partial Regex Overwritten();
}
