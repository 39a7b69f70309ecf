using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Kernels;

namespace Holdfast.Lab.Tests.Recording;

/// <summary>What the recorder keeps of a notebook's widgets, against what nbclient keeps of the same notebook.</summary>
public sealed class WidgetPeerTests(KeeperFixture keeper)
{
    private static readonly string[] Sources =
    [
        WidgetNotebook.Definitions,
        "bar = progress(50)\ndisplay(bar)\nfor n in range(51): bar.set(value=n)\nbar.set(bar_style='success', description='ä \\U0001F600 \"q\"')",
        "from IPython.display import clear_output\nout = Output()\ndisplay(out)\nprint('cell')\nwith out:\n    print('in'); display('shown'); print('err', file=sys.stderr)\nprint('cell again')",
        "with out:\n    print('later')\n    1 / 0\nprint('after')",
        "cleared, waiting = Output(), Output()\nwith cleared:\n    print('gone'); cleared.flush(); clear_output(); print('stays')\nwith waiting:\n    for n in range(3):\n        clear_output(wait=True); print('round', n); waiting.flush()",
        "outer, inner = Output(), Output()\nwith outer:\n    print('o1')\n    with inner:\n        print('i1')\n    print('o2')\nprint('c')",
        "for n in range(4):\n    print('c', n)\n    with outer: print('o', n)\n    with inner: print('i', n)",
        "picture = image(b'first' * 9)\ndisplay(picture)\npicture.set(value=bytes(range(256)) * 40, width='9')",
        "long = html('x' * 20_000)\nlong.set(value='y' * 30_000)\ndisplay(long)",
        "closed = html('closed')\ndisplay(closed)\nclosed.close()",
        "html('never shown'); bar.comm.send({'method': 'custom', 'content': {'state': 1}})",
        "Comm('other', {'state': {'no': 'widget'}}); print('end')",
    ];

    [Fact]
    public async Task Widgets_OfEveryKind_AreNbclients()
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
        var recorded = await notebook.WaitForFileAsync(file => RecordedNotebook.TextOf(file, Sources.Length - 1) == "end\n");
        var peer = await Nbclient.ExecuteAsync(copy);

        for (var cell = 1; cell < Sources.Length; cell++)
            Assert.Equal(RecordedNotebook.TextOf(peer, cell), RecordedNotebook.TextOf(recorded, cell));
        var expected = WidgetNotebook.States(peer);
        Assert.NotEmpty(expected);
        var actual = WidgetNotebook.States(recorded);
        Assert.Equal(expected.Select(widget => widget.Key).Order(StringComparer.Ordinal), actual.Select(widget => widget.Key).Order(StringComparer.Ordinal));
        foreach (var (id, widget) in expected)
            Assert.Equal(Plain(widget!), Plain(actual[id]!));
    }

    /// <summary>A widget's state with adjacent prints joined, and without what differs from run to run.</summary>
    private static string Plain(JsonNode widget)
    {
        if (widget["state"]!["outputs"] is JsonArray outputs)
        {
            for (var index = outputs.Count - 1; index > 0; index--)
            {
                var (before, output) = (outputs[index - 1]!, outputs[index]!);
                if ((string?)output["output_type"] != "stream" || (string?)before["name"] != (string?)output["name"])
                    continue;
                before["text"] = (string)before["text"]! + (string)output["text"]!;
                outputs.RemoveAt(index);
            }
        }
        return Nbclient.Steady(widget);
    }
}
