using System.Text.Json.Nodes;
using System.Xml.Linq;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

/// <summary><c>holdfast nb test</c> against the real ipykernel.</summary>
public sealed class NbTestTests
{
    private static string Notebook(params string[] sources) => new JsonObject
    {
        ["cells"] = new JsonArray([.. sources.Select(Cell)]),
        ["metadata"] = new JsonObject(),
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
    }.ToJsonString();

    private static JsonNode Cell(string source, int number)
    {
        var cell = new JsonObject { ["cell_type"] = "raw", ["id"] = $"c{number}", ["metadata"] = new JsonObject(), ["source"] = source };
        if (!source.StartsWith("---", StringComparison.Ordinal)) (cell["cell_type"], cell["execution_count"], cell["outputs"]) = ("code", null, new JsonArray());
        return cell;
    }

    [Fact]
    public async Task Test_OfAProject_FollowsItsDirectivesAndFlags()
    {
        await using var place = new Place();
        place.Write("settings.ini", "[DEFAULT]\nlib_name = mylib\nlib_path = mylib\nnbs_path = nbs\ntst_flags = slow cuda\n");
        place.Write("mylib/__init__.py", "answer = 42\n");
        place.Write("nbs/good.ipynb", Notebook("from mylib import answer\nassert answer == 42", "#| eval: false\n1/0", "#| slow\n1/0", "import os\nassert os.environ['IN_TEST'] == '1' and os.path.basename(os.getcwd()) == 'nbs'"));
        place.Write("nbs/bad.ipynb", Notebook("x = 1", "assert x == 2, 'two & <three>'", "print('never')"));
        place.Write("nbs/left_out.ipynb", Notebook("---\nskip_exec: true\n---", "1/0"));
        place.Write("nbs/_draft.ipynb", Notebook("1/0"));
        place.Write("nbs/off/.notest", "");
        place.Write("nbs/off/deep/a.ipynb", Notebook("1/0"));
        var before = File.ReadAllBytes(place.PathOf("nbs/good.ipynb"));

        var ran = await place.RunAsync("nb", "test", "-n", "2", "--junit", "report.xml");

        Assert.Equal((1, ""), (ran.ExitCode, ran.Errors));
        Assert.Equal(before, File.ReadAllBytes(place.PathOf("nbs/good.ipynb")));
        var lines = ran.Out.Split('\n');
        Assert.Equal("RESULT       TIME  CELLS  NOTEBOOK", lines[0]);
        Assert.Single(lines, line => line.StartsWith("passed ", StringComparison.Ordinal) && line.EndsWith("2  nbs/good.ipynb", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("failed ", StringComparison.Ordinal) && line.EndsWith("2  nbs/bad.ipynb", StringComparison.Ordinal));
        Assert.Contains("skipped         -      -  nbs/left_out.ipynb: skip_exec in its front matter\n", ran.Out, StringComparison.Ordinal);
        Assert.Contains("nbs/bad.ipynb, cell 2 of 3: AssertionError: two & <three>\n    assert x == 2, 'two & <three>'\n", ran.Out, StringComparison.Ordinal);
        Assert.Contains("\n1 passed, 1 failed, 1 skipped in ", ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("_draft", ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("deep", ran.Out, StringComparison.Ordinal);
        var suite = XDocument.Load(place.PathOf("report.xml")).Root!.Element("testsuite")!;
        Assert.Equal(("3", "1", "1"), ((string)suite.Attribute("tests")!, (string)suite.Attribute("failures")!, (string)suite.Attribute("skipped")!));
        var failure = suite.Elements("testcase").Single(test => (string)test.Attribute("name")! == "bad.ipynb").Element("failure")!;
        Assert.Equal("AssertionError: two & <three>", (string)failure.Attribute("message")!);
        Assert.Contains("assert x == 2", failure.Value, StringComparison.Ordinal);

        Assert.Equal(1, (await place.RunAsync("nb", "test", "nbs/good.ipynb", "--flags", "slow")).ExitCode);
        Assert.Equal(1, (await place.RunAsync("nb", "test", "nbs/_draft.ipynb")).ExitCode);
        Assert.Equal("[]", (await place.RunAsync("ls", "-o", "json")).Json.GetProperty("kernels").ToString());
    }

    [Fact]
    public async Task Changed_SinceARevision_AreTestedAlone()
    {
        await using var place = new Place();
        place.Write("notebooks/same.ipynb", Notebook("1/0"));
        place.Write("notebooks/edited.ipynb", Notebook("1/0"));
        await place.BashAsync("git init -q . && git add notebooks && git -c user.name=a -c user.email=a@b commit -qm first");

        var none = await place.RunAsync("nb", "test", "notebooks", "--changed", "HEAD");
        place.Write("notebooks/edited.ipynb", Notebook("print(1)"));
        place.Write("notebooks/new ä.ipynb", Notebook("print(2)"));
        var some = await place.RunAsync("nb", "test", "notebooks", "--changed", "HEAD", "-o", "json");

        Assert.Equal((0, "No notebook has changed.\n"), (none.ExitCode, none.Out));
        Assert.Equal(0, some.ExitCode);
        Assert.Equal(["notebooks/edited.ipynb passed", "notebooks/new ä.ipynb passed"], some.Json.EnumerateArray().Select(test => $"{test.GetProperty("path")} {test.GetProperty("result")}"));
    }

    [Fact]
    public async Task Kernel_ThatDiesOrHangs_FailsItsNotebookAlone()
    {
        await using var place = new Place();
        place.Write("a/dies.ipynb", Notebook("import os; os._exit(3)"));
        place.Write("a/hangs.ipynb", Notebook("import time; time.sleep(1000)"));
        place.Write("a/works.ipynb", Notebook("print(1)"));
        place.Write("a/broken.ipynb", "{");

        var ran = await place.RunAsync("nb", "test", "a", "--timeout", "10s", "-o", "json");

        Assert.Equal(1, ran.ExitCode);
        var tests = ran.Json.EnumerateArray().ToDictionary(test => test.GetProperty("path").GetString()!);
        Assert.Equal(["failed", "failed", "failed", "passed"], tests.OrderBy(test => test.Key, StringComparer.Ordinal).Select(test => test.Value.GetProperty("result").GetString()));
        Assert.StartsWith("a/broken.ipynb:1:2: ", tests["a/broken.ipynb"].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("the kernel died. ", tests["a/dies.ipynb"].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("it took longer than 10 s", tests["a/hangs.ipynb"].GetProperty("reason").GetString());
        Assert.Equal("import time; time.sleep(1000)", tests["a/hangs.ipynb"].GetProperty("failed").GetProperty("source").GetString());
    }

    [Theory]
    [InlineData("nb test none", "none does not exist.")]
    [InlineData("nb test empty", "There is no notebook to test in empty.")]
    [InlineData("nb test empty --changed HEAD", "--changed compares with a revision of git, and this folder is in no repository.")]
    public async Task Input_ThatIsBad_IsSaid(string command, string said)
    {
        await using var place = new Place();
        Directory.CreateDirectory(place.PathOf("empty"));

        var ran = await place.RunAsync(command.Split(' '));

        Assert.Equal((1, $"holdfast: {said}\n"), (ran.ExitCode, ran.Errors));
    }
}
