using Holdfast.Cli.Tests.Hub;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Jobs;

/// <summary>Notebooks as jobs.</summary>
public sealed class JobNotebookTests
{
    private const string Parameters = "epochs = 10  # rounds\nrate = 1e-3\nname = 'run'\nshuffle = True\nsizes = [1, 2]\nout = None";

    [Theory]
    [InlineData("epoch=3", "train.ipynb has no parameter 'epoch'. Did you mean 'epochs'? It has epochs, rate, name, shuffle, sizes, out.")]
    [InlineData("epochs=many", "epochs is a whole number, as 10 in the notebook, not many.")]
    [InlineData("epochs=2.5", "epochs is a whole number, as 10 in the notebook, not 2.5.")]
    [InlineData("rate=fast", "rate is a number, as 1e-3 in the notebook, not fast.")]
    [InlineData("shuffle=1", "shuffle is true or false, as True in the notebook, not 1.")]
    [InlineData("sizes=7", "sizes is a list, as [1, 2] in the notebook, not 7.")]
    public async Task Parameter_ThatDoesNotFit_IsRefused(string parameter, string fault)
    {
        await using var place = new Place();
        place.Write("train.ipynb", JobProject.Notebook(Parameters, "pass"));

        Assert.Equal(new Ran(1, "", $"holdfast: {fault}\n"), await place.RunAsync("job", "submit", "train.ipynb", "-p", parameter, "--hub", JobProject.Nowhere));
        if (!parameter.Contains('[', StringComparison.Ordinal)) Assert.Equal(1, (await place.RunAsync("job", "submit", "train.ipynb", "--sweep", parameter, "--hub", JobProject.Nowhere)).ExitCode);
    }

    [Theory]
    [InlineData("holdfast: train.ipynb has no cell tagged 'parameters'. ", "train.ipynb", "-p", "a=1")]
    [InlineData("holdfast: missing.ipynb does not exist.\n", "missing.ipynb")]
    [InlineData("holdfast: train.ipynb is not in ", "train.ipynb", "--code", "state")]
    [InlineData("holdfast: a notebook gets its parameters by -p NAME=VALUE, not 'epochs=3'.\n", "train.ipynb", "epochs=3")]
    [InlineData("holdfast: there is no option '--machin'. Arguments of a program stand behind --: holdfast job submit -- --machin …\n", "--machin", "leaves", "nowhere.py")]
    [InlineData("holdfast: there is no option '--rate=1'. Arguments of a program stand behind --: holdfast job submit nowhere.py -- --rate=1 …\n", "nowhere.py", "--rate=1")]
    [InlineData("holdfast: there is no file 'nowhere.py' in this folder.\n", "nowhere.py")]
    [InlineData("holdfast: a job runs in the environment of a machine or in an image: --machine or --image, not both.\n", "train.ipynb", "--machine", "a", "--image", "b")]
    [InlineData("holdfast: --trials, --metric, --goal and --max-parallel are of a sweep: --sweep NAME=A,B says what is tried.\n", "train.ipynb", "--metric", "loss")]
    [InlineData("holdfast: --as is for notebooks.\n", "train.py", "--as", "notebook")]
    public async Task Submission_ThatCannotBe_SaysWhy(string fault, params string[] arguments)
    {
        await using var place = new Place();
        place.Write("train.ipynb", JobProject.Notebook("", "pass"));
        place.Write("train.py", "pass");

        var ran = await place.RunAsync(["job", "submit", .. arguments, "--hub", JobProject.Nowhere]);

        Assert.Equal((1, ""), (ran.ExitCode, ran.Out));
        Assert.StartsWith(fault, ran.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cpu", "0", "--cpu is a number above 0, not '0'.")]
    [InlineData("--memory", "much", "--memory is a size as 512MB or 32GB, not 'much'.")]
    [InlineData("--max-duration", "2", "--max-duration is a span of time as 90s, 5m or 2h, not '2'.")]
    [InlineData("--priority", "101", "--priority is a number from 0 to 100, not '101'.")]
    [InlineData("-p", "epochs", "--parameter is NAME=VALUE, not 'epochs'.")]
    [InlineData("--as", "page", "--as is script or notebook, not 'page'.")]
    public async Task Option_Mistyped_IsNotUnderstood(string option, string value, string fault)
    {
        await using var place = new Place();

        Assert.Equal(new Ran(2, "", $"holdfast: {fault}\n'holdfast job submit --help' says more.\n"), await place.RunAsync("job", "submit", "train.ipynb", option, value));
    }

    [Fact]
    public async Task Notebook_AsAScript_RunsInItsFolderWithItsParameters()
    {
        RootOnly();
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        place.Write("p/nb/beside.py", "word = 'found'\n");
        place.Write("p/nb/data.txt", "read\n");
        place.Write("p/nb/my train.ipynb", JobProject.Notebook(Parameters, "import beside\nprint(epochs, rate, name, shuffle, sizes, out, beside.word, open('data.txt').read().strip())"));
        await place.CommitAsync("p");

        var usual = await place.RunAsync("job", "submit", "p/nb/my train.ipynb", "--follow");
        var set = await place.RunAsync("job", "submit", "p/nb/my train.ipynb", "-p", "epochs=4", "-p", "rate=.5", "-p", "name=007", "-p", "shuffle=False", "-p", "sizes=[3]", "-p", "out=x", "--follow");

        Assert.Equal((0, "10 0.001 run True [1, 2] None found read\n"), (usual.ExitCode, usual.Out));
        Assert.Equal((0, "4 0.5 007 False [3] x found read\n"), (set.ExitCode, set.Out));
        Assert.Contains("my-train j", set.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(place.PathOf("p/nb/.holdfast-my train.py")));
    }

    [Fact]
    public async Task Notebook_AsANotebook_IsWrittenWithItsOutputs()
    {
        RootOnly();
        if (!Directory.Exists("/usr/lib/python3/dist-packages/ipykernel")) Assert.Skip("ipykernel for /usr/bin/python3 is not installed.");
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        place.Write("p/nb/train.ipynb", JobProject.Notebook(Parameters, "print(epochs, name, shuffle, sizes)"));

        var ran = await place.RunAsync("job", "submit", "p/nb/train.ipynb", "--code", "p", "--as", "notebook", "-p", "epochs=4", "-p", "name=007", "-p", "shuffle=false", "--wait", "-o", "/storage/out");

        Assert.True(ran.ExitCode == 0, $"{ran.Out}{ran.Errors}{(await place.RunAsync("job", "logs", "train")).Out}");
        var written = File.ReadAllText(place.PathOf("state/hub/storage/out/train.ipynb"));
        Assert.Contains("4 007 False [1, 2]", written, StringComparison.Ordinal);
        Assert.Contains("injected-parameters", written, StringComparison.Ordinal);
    }

    private static void RootOnly()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Jobs of the host engine have their own roots as root only.");
    }
}
