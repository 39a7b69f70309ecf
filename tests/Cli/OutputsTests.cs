using System.Text;
using System.Text.Json;
using Holdfast.Cli.Tests.Running;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Tests;

public sealed class OutputsTests
{
    [Fact]
    public async Task Notebook_NeverRun_FailsAndSaysWhy()
    {
        await using var place = new Place();
        var path = place.Write("new.ipynb", "{}");

        var there = await place.RunAsync("outputs", "new.ipynb");
        var missing = await place.RunAsync("outputs", "nope.ipynb");

        Assert.Equal(new Ran(1, "", $"holdfast: nothing is recorded of {path}: no cell of it has run under Holdfast with this state folder ({place.State}).\n"), there);
        Assert.Equal(new Ran(1, "", $"holdfast: {place.PathOf("nope.ipynb")} does not exist, and nothing is recorded of a notebook of that path.\n"), missing);
    }

    [Fact]
    public async Task Text_EveryKindOfOutput_IsPrintedAsAPersonReadsIt()
    {
        await using var place = new Place();
        using (var kernel = new RecordedKernel(place, place.PathOf("a.ipynb")))
        {
            kernel.Runs("c1", "\n first line\nsecond");
            kernel.Sends("c1", "stream", """{"name":"stdout","text":"tab\t quote\" \u00e9 \ud83d\ude00 😀 half \ud83d, back\\slash\n"}""");
            kernel.Sends("c1", "display_data", """{"data":{"image/png":"AAAA","text/plain":["<Figure", " 1>"]},"metadata":{}}""");
            kernel.Sends("c1", "execute_result", """{"data":{"image/png":"AAAA","text/html":"x"},"metadata":{}}""");
            kernel.Sends("c1", "error", """{"ename":"E","evalue":"v","traceback":["one","two"]}""");
            kernel.Sends("c1", "error", """{"ename":"E","evalue":"v","traceback":[]}""");
        }

        var ran = await place.RunAsync("outputs", "a.ipynb");

        Assert.Equal("tab\t quote\" é 😀 😀 half \uFFFD, back\\slash\n<Figure 1>\n(image/png, text/html)\none\ntwo\nE: v\n", ran.Out);
        Assert.Equal(0, ran.ExitCode);
        Assert.Matches(@"^== Python 3, started .*, kernel k1\n-- .* cell c1: first line\n$", ran.Errors);
    }

    [Fact]
    public async Task Messages_OfAnyKind_AreSaidAndTheRestIsPrinted()
    {
        await using var place = new Place();
        using (var kernel = new RecordedKernel(place, place.PathOf("odd.ipynb")))
        {
            kernel.Runs("c1");
            kernel.Sends("c1", "stream", "{}");
            kernel.Sends("c1", "stream", """{"text":17}""");
            kernel.Sends("c1", "stream", [0xFF, 0x00, 0x80]);
            kernel.Sends("c1", "stream", "");
            kernel.Sends("c1", "display_data", """{"data":[1]}""");
            kernel.Sends("c1", "display_data", """{"data":{"application/json":NaN,"text/plain":"never"}}""");
            kernel.Sends("c1", "error", """{"traceback":"torn""");
            kernel.Sends("c1", "error", "[]");
            kernel.Message(RecordKind.ToKernel, Kernels.KernelChannel.Shell, "execute_request", "", "no json", "[1]", "request-c2");
            kernel.Sends("c2", "stream", """{"text":"of a request without source\n"}""");
            kernel.Sends("c2", "stream", [.. "{\"text\":\"raw "u8, 0x80, .. "\\n\"}"u8]);
            kernel.Records(RecordKind.FromKernel, [1, 2, 3]);
            kernel.Records(RecordKind.Event, "[]"u8);
            kernel.Records(RecordKind.Event, "torn"u8);
            kernel.Records(RecordKind.Event, """{"event":"dead","reason":"The kernel was killed."}"""u8);
            kernel.Sends("c1", "stream", "{\n \"text\": \"last\\n\"\n}");
        }

        var text = await place.RunAsync("outputs", "odd.ipynb");
        var json = await place.RunAsync("outputs", "odd.ipynb", "-o", "json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Equal("of a request without source\nraw \uFFFD\nlast\n", text.Out);
        Assert.Equal(8, text.Errors.Split("cannot be shown").Length - 1);
        Assert.Equal(2, text.Errors.Split("cannot be read").Length - 1);
        Assert.Contains("dead: The kernel was killed.", text.Errors, StringComparison.Ordinal);
        Assert.Equal("", json.Errors);
        var lines = json.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal("/wCA", lines.Single(line => line.GetProperty("sequence").GetInt64() == 4).GetProperty("content_base64").GetString());
        Assert.Equal("AQID", lines.Single(line => line.TryGetProperty("unreadable", out _)).GetProperty("base64").GetString());
        Assert.Equal("last\n", lines[^1].GetProperty("content").GetProperty("text").GetString());
        Assert.Equal(["kernel", "sequence", "time", "msg_id", "cell", "type", "content"], lines[^1].EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Cell_Asked_IsPrintedAlone()
    {
        await using var place = new Place();
        using (var kernel = new RecordedKernel(place, place.PathOf("a.ipynb")))
        {
            foreach (var cell in (string[])["c1", "c2"])
            {
                kernel.Runs(cell);
                kernel.Sends(cell, "stream", $$"""{"text":"of {{cell}}\n"}""");
            }
        }

        Assert.Equal("of c2\n", (await place.RunAsync("outputs", "a.ipynb", "--cell", "c2")).Out);
        var none = await place.RunAsync("outputs", "a.ipynb", "--cell", "c3");
        Assert.Equal((1, ""), (none.ExitCode, none.Out));
        Assert.EndsWith($"holdfast: no run of a cell 'c3' is recorded of {place.PathOf("a.ipynb")}.\n", none.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notebook_OfAnotherFolder_IsAskedAfter()
    {
        await using var place = new Place();
        using (var kernel = new RecordedKernel(place, place.PathOf("deep/a.ipynb"))) kernel.Runs("c1");

        var name = await place.RunAsync("outputs", "a.ipynb");
        var part = await place.RunAsync("outputs", "notebooks/a.ipynb");

        Assert.EndsWith($"nothing is recorded of a notebook of that path. Did you mean {place.PathOf("deep/a.ipynb")}?\n", name.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Did you mean", part.Errors, StringComparison.Ordinal);
        Assert.Equal(new Ran(1, "", "holdfast: notebooks is a folder; name a notebook in it.\n"), await place.RunAsync("outputs", "notebooks"));
    }

    [Theory]
    [InlineData(@"\u001b[31mred\u001b[0m, \u001b]0;title\u0007\u001b(Bplain\n", "red, plain\n")]
    [InlineData(@"\r 1/9 █\r 2/9 ██\r 9/9 █\ndone\n", " 9/9 ██\ndone\n")]
    [InlineData(@"long text\r\u001b[Kshort\u001b[2K\r!\n", "!    \n")]
    [InlineData(@"abc\b\bX\r\nDOS\r\n", "aXc\nDOS\n")]
    [InlineData(@"\u001b]never closed\nnext", "\nnext")]
    [InlineData(@"\u001b", "")]
    public async Task Text_IntoAPipe_HasNoEscapesAndOnlyTheEndOfBars(string printed, string read)
    {
        await using var place = new Place();
        using (var kernel = new RecordedKernel(place, place.PathOf("a.ipynb")))
        {
            kernel.Runs("c1");
            // Piece by piece, as progress comes: an escape sequence may be torn, too.
            foreach (var piece in JsonSerializer.Deserialize<string>($"\"{printed}\"")!.EnumerateRunes()) kernel.Sends("c1", "stream", JsonSerializer.Serialize(new { text = piece.ToString() }));
        }

        Assert.Equal(read, (await place.RunAsync("outputs", "a.ipynb")).Out);
        Assert.Equal(JsonSerializer.Deserialize<string>($"\"{printed}\""), (await place.RunAsync("outputs", "--raw", "a.ipynb")).Out);
    }

    [Fact]
    public async Task Line_WithoutEnd_IsPrintedWhole()
    {
        await using var place = new Place();
        var text = string.Concat(Enumerable.Range(0, 100_000).Select(number => $"{number} "));
        using (var kernel = new RecordedKernel(place, place.PathOf("a.ipynb")))
        {
            kernel.Runs("c1");
            foreach (var piece in text.Chunk(10_000)) kernel.Sends("c1", "stream", JsonSerializer.Serialize(new { text = new string(piece) }));
        }

        Assert.Equal(text, (await place.RunAsync("outputs", "a.ipynb")).Out);
    }

    [Fact]
    public async Task Pictures_Saved_AreNumberedFilesOfAnEmptyFolder()
    {
        await using var place = new Place();
        using (var kernel = new RecordedKernel(place, place.PathOf("a.ipynb")))
        {
            kernel.Runs("c1");
            kernel.Sends("c1", "display_data", """{"data":{"image/png":"iVBO\nRw==\n","text/html":["<b>","é</b>"],"text/plain":"1"},"metadata":{}}""");
            kernel.Sends("c1", "display_data", """{"data":{"text/plain":"no picture"},"metadata":{}}""");
            kernel.Sends("c1", "display_data", """{"data":{"image/png":"not base64!","image/jpeg":[17]},"metadata":{}}""");
            kernel.Sends("c1", "execute_result", """{"data":{"image/svg+xml":"<svg/>"},"metadata":{}}""");
            kernel.Sends("c1", "update_display_data", """{"data":{"image/jpeg":"/9g="},"metadata":{}}""");
        }

        var saved = await place.RunAsync("outputs", "a.ipynb", "--save", "pictures");
        var again = await place.RunAsync("outputs", "a.ipynb", "--save", "pictures");

        Assert.EndsWith("-- 4 files saved in pictures\n", saved.Errors, StringComparison.Ordinal);
        Assert.Equal(["0001-c1.html", "0001-c1.png", "0002-c1.svg", "0003-c1.jpg"], Directory.EnumerateFiles(place.PathOf("pictures")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], await File.ReadAllBytesAsync(place.PathOf("pictures/0001-c1.png"), TestContext.Current.CancellationToken));
        Assert.Equal("<b>é</b>", await File.ReadAllTextAsync(place.PathOf("pictures/0001-c1.html"), TestContext.Current.CancellationToken));
        Assert.Equal(new Ran(1, "", "holdfast: pictures is not empty; name a new folder, so that no file is replaced.\n"), again);
    }

    [Fact]
    public async Task Journal_LetGoAndDamaged_IsSaidInItsPlace()
    {
        await using var place = new Place();
        using (var kernel = new RecordedKernel(place, place.PathOf("a.ipynb")))
        {
            kernel.Runs("c1");
            kernel.Sends("c1", "stream", """{"text":"one\n"}""");
            kernel.Sends("c1", "stream", """{"text":"DAMAGED"}""");
            kernel.Sends("c1", "stream", """{"text":"three\n"}""");
        }

        var segment = Directory.EnumerateFiles(Path.Combine(place.Home.KernelsFolder, "k1/journal")).Single(file => File.ReadAllBytes(file).AsSpan().IndexOf("DAMAGED"u8) >= 0);
        var at = File.ReadAllBytes(segment).AsSpan().IndexOf("DAMAGED"u8);
        using (var file = File.OpenWrite(segment))
        {
            file.Position = at;
            file.Write("damaged"u8);
        }

        var ran = await place.BashAsync("\"$0\" outputs a.ipynb 2>&1");

        Assert.Equal(0, ran.ExitCode);
        Assert.Matches(@"one\n-- records 3 to 3 cannot be read: .*\nthree\n$", ran.Out);
    }

    [Fact]
    public async Task Reader_GoneEarly_EndsItQuietly()
    {
        await using var place = new Place();
        using (var kernel = new RecordedKernel(place, place.PathOf("a.ipynb")))
        {
            kernel.Runs("c1");
            var text = new string('x', 1 << 20);
            for (var i = 0; i < 4; i++) kernel.Sends("c1", "stream", $$"""{"text":"{{i}}\n{{text}}"}""");
        }

        var text1 = await place.BashAsync("\"$0\" outputs a.ipynb 2>errors | head -1; echo ${PIPESTATUS[@]}");
        var json1 = await place.BashAsync("\"$0\" outputs -o json a.ipynb 2>>errors | head -c 9; echo; echo ${PIPESTATUS[@]}");
        var full = await place.BashAsync("exec \"$0\" outputs a.ipynb > /dev/full");

        Assert.Equal("0\n0 0\n", text1.Out);
        Assert.StartsWith("{\"kernel\"\n", json1.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("xception", await File.ReadAllTextAsync(place.PathOf("errors"), Encoding.UTF8, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(1, full.ExitCode);
        Assert.EndsWith("holdfast: standard output cannot be written: No space left on device.\n", full.Errors, StringComparison.Ordinal);
    }
}
