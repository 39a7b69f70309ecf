using System.Text;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbCatTests
{
    public static TheoryData<string, string> Notebooks => new()
    {
        { "CRLF", "{\r\n \"cells\": [],\r\n \"metadata\": {},\r\n \"nbformat\": 4,\r\n \"nbformat_minor\": 5\r\n}\r\n" },
        { "no line break at the end", """{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":2}""" },
        { "indented by four", "{\n    \"nbformat\": 4,\n    \"nbformat_minor\": 5,\n    \"metadata\": {\"x\": 1.50e3},\n    \"cells\": [\n        {\"cell_type\": \"markdown\", \"id\": \"a\", \"metadata\": {}, \"source\": \"\\u00e9 \\ud83d\\ude00 / \\/\"}\n    ]\n}\n\n" },
        { "version 3", """{"metadata":{"name":""},"nbformat":3,"nbformat_minor":0,"worksheets":[{"cells":[{"cell_type":"code","collapsed":false,"input":["1"],"language":"python","metadata":{},"outputs":[],"prompt_number":1}],"metadata":{}}]}""" },
        { "byte order mark", "\uFEFF{\"cells\":[],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}" },
    };

    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task Notebook_FromAFileAndFromStdin_ComesOutAsItWas(string style, string text)
    {
        await using var place = new Place();
        var bytes = Encoding.UTF8.GetBytes(text);
        await File.WriteAllBytesAsync(place.PathOf("in.ipynb"), bytes, TestContext.Current.CancellationToken);

        // Through files, so that no decoding stands between the program and the comparison.
        var file = await place.BashAsync("exec \"$0\" nb cat in.ipynb > out.ipynb");
        var stdin = await place.BashAsync("cat in.ipynb | \"$0\" nb cat - > out-stdin.ipynb");

        Assert.Equal((new Ran(0, "", ""), new Ran(0, "", "")), (file, stdin));
        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(place.PathOf("out.ipynb"))), style);
        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(place.PathOf("out-stdin.ipynb"))), style);
    }

    [Fact]
    public async Task Notebook_NotJson_FailsWithFileLineAndColumn()
    {
        await using var place = new Place();
        var path = place.Write("bad.ipynb", "{\n \"cells\": [],\n \"metadata\": {,\n}");

        var file = await place.RunAsync("nb", "cat", path);
        var stdin = await place.RunWithInputAsync("[1, 2]"u8.ToArray(), "nb", "cat", "-");

        Assert.Equal((1, ""), (file.ExitCode, file.Out));
        Assert.StartsWith($"holdfast: {path}:3:15: ", file.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Line 3", file.Errors, StringComparison.Ordinal);
        Assert.Equal(1, stdin.ExitCode);
        Assert.StartsWith("holdfast: -:1:1: ", stdin.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_NotThere_FailsAndNamesIt()
    {
        await using var place = new Place();

        Assert.Equal(new Ran(1, "", "holdfast: nope.ipynb does not exist.\n"), await place.RunAsync("nb", "cat", "nope.ipynb"));
        Assert.Equal(new Ran(1, "", "holdfast: notebooks is a folder; name a notebook in it.\n"), await place.RunAsync("nb", "cat", "notebooks"));
    }
}
