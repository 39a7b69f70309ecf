using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Settings;

namespace Holdfast.Cli.Jobs;

/// <summary>What <c>job submit</c> takes. It wins over what a file says.</summary>
internal sealed class JobOptions
{
    private readonly Argument<string[]> _words = new("FILE|-- COMMAND") { Description = "A notebook; a Python script, with its arguments behind --; or behind -- any command. With -f the file may name it.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _file = Text("--file", "FILE", "Take the job from a file, job.yaml: all that options say, and more (docs/jobs.md). Options win over it.", "-f");
    private readonly Option<string?> _machine = Text("--machine", "NAME", "Run in the environment of this machine. Default, inside a machine, that one.");
    private readonly Option<string?> _image = Text("--image", "IMAGE", "Run in this container image. Default, without a machine, the hub's own system.");
    private readonly Option<string?> _engine = Text("--engine", "ENGINE", "Where it runs: host, podman or slurm. Default podman with an image, else the hub's own system.");
    private readonly Option<int?> _nodes = Whole("--nodes", "On how many nodes of the cluster the command runs at once.", 1, 10_000);
    private readonly Option<string?> _partition = Text("--partition", "NAME", "The partition of the cluster. Default the hub's or Slurm's.");
    private readonly Option<string?> _environment = Choice("--environment", "Without an image, of a node whose packages are not those of the hub's host: any, it runs and says so; same, it fails. Default any.", "any", "same");
    private readonly Option<string[]> _parameters = Pairs("--parameter", "NAME=VALUE", "Set a parameter of the notebook, or --NAME=VALUE of a command. May be given several times.", "-p");
    private readonly Option<string?> _output = Text("--output", "FOLDER", "Where its output goes: a folder of /storage, or s3://STORE/FOLDER in object storage; {name} and {id} are the job's. Default /storage/runs/{name}/{id}.", "-o");
    private readonly Option<string?> _type = Text("--type", "TYPE", "What it may use, as 'holdfast machine types' lists it.");
    private readonly Option<double?> _cpu = Quantity<double>("--cpu", "N", "Processors, in place of the type's.", text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cpu) && cpu > 0 ? cpu : null, "a number above 0");
    private readonly Option<long?> _memory = Quantity<long>("--memory", "SIZE", "Memory, as 32GB, in place of the type's.", Quantities.Size, "a size as 512MB or 32GB");
    private readonly Option<int?> _gpu = Whole("--gpu", "GPUs for it alone, in place of the type's.", 0, 1024);
    private readonly Option<int?> _shards = Whole("--shards", "How many copies run, each with its share.", 1, 10_000);
    private readonly Option<int?> _priority = Whole("--priority", "Of your jobs the higher ones go first, 0 to 100. Default 50.", 0, 100);
    private readonly Option<string[]> _after = new("--after") { Description = "Run it when this job has succeeded, by id or name. May be given several times.", HelpName = "ID|NAME" };
    private readonly Option<TimeSpan?> _maxDuration = Quantity<TimeSpan>("--max-duration", "TIME", "End it after so long, as 2h.", Quantities.Span, "a span of time as 90s, 5m or 2h");
    private readonly Option<string[]> _env = Pairs("--env", "NAME=VALUE", "A variable of the command. May be given several times.");
    private readonly Option<string[]> _secrets = new("--secret") { Description = "A secret of yours that it gets as a variable. May be given several times.", HelpName = "NAME" };
    private readonly Option<string?> _name = Text("--name", "NAME", "Its name; several jobs may have the same. Default the notebook's or the program's.");
    private readonly Option<string?> _as = Choice("--as", "How a notebook runs: as a script, which takes no kernel, or as a notebook, which is written with its outputs.", "script", "notebook");
    private readonly Option<string[]> _sweep = Pairs("--sweep", "NAME=A,B", "Try these values of a parameter, each combination a job of its own. May be given several times.");
    private readonly Option<int?> _trials = Whole("--trials", "Try so many combinations, drawn at random, in place of all.", 1, 10_000);
    private readonly Option<string?> _metric = Text("--metric", "NAME", "The metric that says which trial is best.");
    private readonly Option<string?> _goal = Choice("--goal", "Whether the best has the smallest value or the largest. Default minimize.", "minimize", "maximize");
    private readonly Option<int?> _maxParallel = Whole("--max-parallel", "How many trials run at once.", 1, int.MaxValue);
    private readonly Option<string?> _code = Text("--code", "DIR", "The folder whose files go along. Default the git work tree of the notebook or of this folder, without one the folder itself.");
    private readonly Option<bool> _noSmoke = new("--no-smoke") { Description = "Do not look first whether the environment has what the code imports." };
    private readonly Option<bool> _noCode = new("--no-code") { Description = "Send no files but the notebook." };

    public Symbol[] All =>
    [
        _words, _file, _machine, _image, _engine, _nodes, _partition, _environment, _parameters, _output, _type, _cpu, _memory, _gpu, _shards, _priority, _after, _maxDuration, _env, _secrets, _name, _as, _sweep, _trials, _metric, _goal, _maxParallel, _code, _noCode, _noSmoke,
    ];

    /// <summary>The job that is meant; null with what is wrong.</summary>
    public (JobWish? Wish, string? Problem) Read(ParseResult parse)
    {
        var (wish, problem) = parse.GetValue(_file) is { } path ? JobYaml.Read(path) : (new JobWish(), null);
        if (wish is null) return (null, problem);
        var (image, machine, words) = (parse.GetValue(_image), parse.GetValue(_machine), parse.GetValue(_words) ?? []);
        if (image is not null && machine is not null) return (null, "a job runs in the environment of a machine or in an image: --machine or --image, not both.");
        // Behind -- stands a command, whatever it looks like.
        var isCommand = parse.Tokens.Any(token => token.Type == TokenType.DoubleDash);
        if (words is [var notebook, ..] && notebook.EndsWith(".ipynb", StringComparison.Ordinal))
        {
            if (words.Length > 1) return (null, $"a notebook gets its parameters by -p NAME=VALUE, not '{words[1]}'.");
            wish = wish with { Notebook = notebook, Command = [], Folder = Directory.GetCurrentDirectory() };
        }
        else if (!isCommand && words.FirstOrDefault(word => word.Length > 1 && word[0] == '-') is { } option)
            return (null, $"there is no option '{option}'. Arguments of a program stand behind --: holdfast job submit {(words[0] == option ? "" : $"{words[0]} ")}-- {option} …");
        else if (!isCommand && words is [var script] && script.EndsWith(".py", StringComparison.Ordinal) && image is null && wish.Image is null && !File.Exists(script))
            return (null, $"there is no file '{script}' in this folder.");
        else if (words.Length > 0) wish = wish with { Notebook = null, Command = words[0].EndsWith(".py", StringComparison.Ordinal) ? ["python3", .. words] : words, Folder = Directory.GetCurrentDirectory() };
        wish = wish with
        {
            Name = parse.GetValue(_name) ?? wish.Name,
            Image = image ?? (machine is null ? wish.Image : null),
            Machine = machine ?? (image is null ? wish.Machine : null),
            Engine = parse.GetValue(_engine) ?? wish.Engine,
            Nodes = parse.GetValue(_nodes) ?? wish.Nodes,
            Partition = parse.GetValue(_partition) ?? wish.Partition,
            Environment = parse.GetValue(_environment) ?? wish.Environment,
            As = parse.GetValue(_as) ?? wish.As,
            Parameters = With(wish.Parameters, parse.GetValue(_parameters), JobValue.Of),
            Env = With(wish.Env, parse.GetValue(_env), text => text),
            Secrets = [.. wish.Secrets.Union(parse.GetValue(_secrets) ?? [])],
            Resources = wish.Resources with
            {
                Type = parse.GetValue(_type) ?? wish.Resources.Type,
                Cpu = parse.GetValue(_cpu) ?? wish.Resources.Cpu,
                Memory = parse.GetValue(_memory) ?? wish.Resources.Memory,
                Gpu = parse.GetValue(_gpu) ?? wish.Resources.Gpu,
            },
            Output = parse.GetValue(_output) ?? wish.Output,
            Shards = parse.GetValue(_shards) ?? wish.Shards,
            Priority = parse.GetValue(_priority) ?? wish.Priority,
            After = [.. wish.After.Union(parse.GetValue(_after) ?? [])],
            MaxDuration = parse.GetValue(_maxDuration) ?? wish.MaxDuration,
            Smoke = parse.GetValue(_noSmoke) ? "none" : wish.Smoke,
            Code = parse.GetValue(_code) ?? wish.Code,
            NoCode = parse.GetValue(_noCode) || (wish.NoCode && parse.GetValue(_code) is null),
        };
        if (!TrySweep(parse, ref wish)) return (null, "--trials, --metric, --goal and --max-parallel are of a sweep: --sweep NAME=A,B says what is tried.");
        if (wish is { Image: not null, Machine: not null }) return (null, $"{parse.GetValue(_file)} names a machine and an image: one of them.");
        if (wish is { Notebook: not null, Command.Count: > 0 }) return (null, $"{parse.GetValue(_file)} names a notebook and a command: one of them.");
        if (wish is { Notebook: null, Command.Count: 0 }) return (null, "nothing is named that is to run: a notebook, a Python script, or behind -- a command.");
        if (wish is { Notebook: null, As: not null }) return (null, "--as is for notebooks.");
        return (wish, null);
    }

    private bool TrySweep(ParseResult parse, ref JobWish wish)
    {
        var (trials, metric, goal, parallel) = (parse.GetValue(_trials), parse.GetValue(_metric), parse.GetValue(_goal), parse.GetValue(_maxParallel));
        var values = With(wish.Sweep?.Parameters ?? new Dictionary<string, JsonElement>(), parse.GetValue(_sweep), JobValue.Values);
        if (values.Count == 0) return (trials, metric, goal, parallel) is (null, null, null, null);
        var sweep = wish.Sweep ?? new JobSweep { Parameters = values };
        wish = wish with
        {
            Sweep = sweep with
            {
                Parameters = values,
                Method = trials is null ? sweep.Method : "random",
                Trials = trials ?? sweep.Trials,
                Metric = metric ?? sweep.Metric,
                Goal = goal ?? sweep.Goal,
                MaxParallel = parallel ?? sweep.MaxParallel,
            },
        };
        return true;
    }

    private static Dictionary<string, T> With<T>(IReadOnlyDictionary<string, T> before, string[]? words, Func<string, T> read)
    {
        var all = before.ToDictionary();
        foreach (var word in words ?? []) all[word[..word.IndexOf('=', StringComparison.Ordinal)]] = read(word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        return all;
    }

    private static Option<string?> Text(string name, string value, string description, params string[] aliases) => new(name, aliases) { Description = description, HelpName = value };

    private static Option<string[]> Pairs(string name, string value, string description, params string[] aliases)
    {
        var option = new Option<string[]>(name, aliases) { Description = description, HelpName = value };
        option.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1) is { } wrong) result.AddError($"{name} is {value}, not '{wrong.Value}'.");
        });
        return option;
    }

    private static Option<string?> Choice(string name, string description, params string[] choices)
    {
        var option = Text(name, string.Join('|', choices), description);
        option.CompletionSources.Add(choices);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var word }] && !choices.Contains(word)) result.AddError($"{name} is {string.Join(" or ", choices)}, not '{word}'.");
        });
        return option;
    }

    private static Option<int?> Whole(string name, string description, int least, int most) => Quantity<int>(name, "N", description,
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null, most == int.MaxValue ? $"a number, {least} or more" : $"a number from {least} to {most}");

    private static Option<T?> Quantity<T>(string name, string value, string description, Func<string, T?> read, string what) where T : struct => new(name)
    {
        Description = description,
        HelpName = value,
        CustomParser = result =>
        {
            var quantity = read(result.Tokens[0].Value);
            if (quantity is null) result.AddError($"{name} is {what}, not '{result.Tokens[0].Value}'.");
            return quantity;
        },
    };
}
