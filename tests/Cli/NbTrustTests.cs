using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbTrustTests
{
    private const string Notebook = """{"cells":[],"metadata":{"x":1e16},"nbformat":4,"nbformat_minor":5}""";

    /// <summary>Debian's <c>jupyter trust</c> in this place.</summary>
    private static async Task<Ran> JupyterAsync(Place place, string arguments)
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/nbformat")) Assert.Skip("Debian's python3-nbformat is not installed.");
        Directory.CreateDirectory(place.PathOf("data"));
        return await place.BashAsync($"exec /usr/bin/python3 -c 'from nbformat.sign import TrustNotebookApp; TrustNotebookApp.launch_instance()' {arguments}");
    }

    [Fact]
    public async Task Notebook_SignedByEither_IsSignedForTheOther_InTheSameWords()
    {
        await using var place = new Place();
        place.Write("ours.ipynb", Notebook);
        place.Write("theirs.ipynb", Notebook.Replace("1e16", "NaN", StringComparison.Ordinal));

        Assert.Equal(new Ran(0, "Signing notebook: ours.ipynb\n", ""), await place.RunAsync("nb", "trust", "ours.ipynb"));
        Assert.Equal("Notebook already signed: ours.ipynb\nSigning notebook: theirs.ipynb\n", (await JupyterAsync(place, "ours.ipynb theirs.ipynb")).Out);
        Assert.Equal(new Ran(0, "Notebook already signed: ours.ipynb\nNotebook already signed: theirs.ipynb\n", ""), await place.RunAsync("nb", "trust", "ours.ipynb", "theirs.ipynb"));
    }

    [Fact]
    public async Task Reset_ByEither_HoldsForTheOther()
    {
        await using var place = new Place();
        place.Write("n.ipynb", Notebook);
        await place.RunAsync("nb", "trust", "n.ipynb");

        var reset = await place.RunAsync("nb", "trust", "--reset");
        Assert.Equal(new Ran(0, $"Removing trusted signature cache: {place.PathOf("data/nbsignatures.db")}\nGenerating new notebook key: {place.PathOf("data/notebook_secret")}\n", ""), reset);
        Assert.Equal("Signing notebook: n.ipynb\n", (await JupyterAsync(place, "n.ipynb")).Out);
        Assert.Equal("Notebook already signed: n.ipynb\n", (await place.RunAsync("nb", "trust", "n.ipynb")).Out);
        Assert.Equal(reset.Out, (await JupyterAsync(place, "--reset")).Out);
        Assert.Equal("Signing notebook: n.ipynb\n", (await place.RunAsync("nb", "trust", "n.ipynb")).Out);
    }

    [Fact]
    public async Task StandardInput_WithoutAFile_IsSigned()
    {
        await using var place = new Place();
        var ran = await place.RunWithInputAsync(System.Text.Encoding.UTF8.GetBytes(Notebook), "nb", "trust");
        Assert.Equal(new Ran(0, "Signing notebook: <stdin>\n", ""), ran);
    }

    [Fact]
    public async Task Files_ThatCannotBeSigned_FailByName_AndTheOthersAreSigned()
    {
        await using var place = new Place();
        place.Write("good.ipynb", Notebook);
        place.Write("bad.ipynb", "{");
        place.Write("old.ipynb", """{"metadata":{"name":""},"nbformat":2,"worksheets":[]}""");

        var ran = await place.RunAsync("nb", "trust", "-o", "json", "none.ipynb", "bad.ipynb", "old.ipynb", "good.ipynb");
        Assert.Equal(1, ran.ExitCode);
        Assert.Equal("failed failed failed signed", string.Join(' ', ran.Json.EnumerateArray().Select(outcome => outcome.GetProperty("state").GetString())));
        Assert.StartsWith("holdfast: none.ipynb does not exist.\nholdfast: bad.ipynb:1:2: ", ran.Errors, StringComparison.Ordinal);
        Assert.Contains("old.ipynb is of version 2", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_Unusable_FailsAndNamesIt()
    {
        await using var place = new Place();
        place.Write("n.ipynb", Notebook);
        Directory.CreateDirectory(place.PathOf("data/nbsignatures.db"));

        var ran = await place.RunAsync("nb", "trust", "n.ipynb");
        Assert.Equal((1, ""), (ran.ExitCode, ran.Out));
        Assert.StartsWith($"holdfast: n.ipynb was not signed: {place.PathOf("data/nbsignatures.db")} cannot be used: ", ran.Errors, StringComparison.Ordinal);
    }
}
