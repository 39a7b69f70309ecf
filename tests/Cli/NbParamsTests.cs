using System.Text.Json;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbParamsTests
{
    private const string Parameters = "rate = 1e-3  # step, 5% is much\nepochs: int = 10  # rounds\nname = 'run'\nshuffle = True\nsizes = [1, 2]\nout = None";

    [Fact]
    public async Task Params_OfATaggedCell_AreListed()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook(Parameters));

        var text = await place.RunAsync("nb", "params", "a.ipynb");
        var json = await place.RunAsync("nb", "params", "a.ipynb", "-o", "json");

        Assert.Equal(
            """
            NAME     TYPE   DEFAULT  HELP
            rate     float  1e-3     step, 5% is much
            epochs   int    10       rounds
            name     str    'run'
            shuffle  bool   True
            sizes    list   [1, 2]
            out      None   None

            """, text.Out);
        Assert.Equal("""{"name":"rate","type":"float","default":"1e-3","help":"step, 5% is much"}""", JsonSerializer.Serialize(json.Json[0]));
    }

    [Fact]
    public async Task Params_WithoutSuchACell_SaysHowToMakeOne()
    {
        await using var place = new Place();
        place.Write("a.ipynb", """{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}""");

        var list = await place.RunAsync("nb", "params", "a.ipynb");
        var options = await place.RunAsync("nb", "export", "--cli", "a.ipynb");

        Assert.Equal(new Ran(1, "", "holdfast: a.ipynb has no cell tagged 'parameters'. Tag the cell that assigns them (in JupyterLab: the gear at the upper right).\n"), list);
        Assert.Equal(list, options);
        Assert.False(File.Exists(place.PathOf("a.py")));
    }

    [Theory]
    [InlineData("0.001 10 run True [1, 2] None")]
    [InlineData("0.5 3 a b False [7] 1.5", "--rate", "0.5", "--epochs=3", "--name", "a b", "--no-shuffle", "--sizes", "[7]", "--out", "1.5")]
    [InlineData("0.001 10 run False [True, None] None", "--shuffle=false", "--sizes=[true, null]", "--out=null")]
    [InlineData("0.001 10 run True [1, 2] None", "--shuffle", "--no-shuffle=false")]
    [InlineData("0.001 10 run True [1, 2] x", "-f", "/run/kernel-1.json", "--HistoryManager.hist_file=:memory:", "--out", "x")]
    [InlineData("0.001 10 run True [1, 2] None", "--f=/run/kernel-1.json")]
    public async Task Script_WithOptions_TakesThemAndLeavesTheKernelsOwn(string printed, params string[] arguments)
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook(Parameters));
        Assert.Equal(0, (await place.RunAsync("nb", "export", "--cli", "a.ipynb")).ExitCode);

        Assert.Equal((0, printed + "\n", ""), await PythonAsync(place, ["a.py", .. arguments]));
    }

    [Fact]
    public async Task Script_WithWrongOptions_SaysSoAndHasHelp()
    {
        await using var place = new Place();
        place.Write("a.ipynb", Notebook(Parameters));
        await place.RunAsync("nb", "export", "--cli", "a.ipynb");

        var unknown = await PythonAsync(place, "a.py", "--rounds", "3");
        var wrong = await PythonAsync(place, "a.py", "--epochs", "many");
        var truth = await PythonAsync(place, "a.py", "--shuffle=perhaps");
        var help = await PythonAsync(place, "a.py", "--help");

        Assert.Equal((2, 2, 2, 0), (unknown.ExitCode, wrong.ExitCode, truth.ExitCode, help.ExitCode));
        Assert.Contains("--shuffle is true or false, not perhaps", truth.Errors, StringComparison.Ordinal);
        Assert.Contains("unrecognized arguments: --rounds 3", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("invalid int value: 'many'", wrong.Errors, StringComparison.Ordinal);
        Assert.Contains("Train it", help.Out, StringComparison.Ordinal);
        Assert.Contains("step, 5% is much (default: 0.001)", help.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_WithMagics_RunsInPlainPython()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/IPython")) Assert.Skip("IPython for /usr/bin/python3 is not installed.");
        await using var place = new Place();
        place.Set("IPYTHONDIR", place.PathOf("ipython"));
        place.Write("a.ipynb", Notebook(Parameters + "\nwords = !echo from a shell\nout = words[0]"));
        await place.RunAsync("nb", "export", "--cli", "a.ipynb");

        Assert.Equal((0, "0.001 10 run True [1, 2] from a shell\n", ""), await PythonAsync(place, "a.py"));
    }

    private static async Task<(int ExitCode, string Out, string Errors)> PythonAsync(Place place, params string[] arguments)
    {
        using var python = place.Start("/usr/bin/python3", arguments);
        python.StandardInput.Close();
        var errors = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (python.ExitCode, output, await errors);
    }

    private static string Notebook(string parameters)
    {
        var source = JsonSerializer.Serialize(parameters);
        return $$"""{"cells":[{"cell_type":"markdown","id":"t","metadata":{},"source":"# Train it"},{"cell_type":"code","execution_count":null,"id":"p","metadata":{"tags":["parameters"]},"outputs":[],"source":{{source}}},{"cell_type":"code","execution_count":null,"id":"u","metadata":{},"outputs":[],"source":"print(rate, epochs, name, shuffle, sizes, out)"}],"metadata":{},"nbformat":4,"nbformat_minor":5}""";
    }
}
