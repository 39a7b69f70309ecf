using System.Buffers;
using System.Globalization;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Bench;

if (args is ["export", var program, var notebook])
{
    ExportProcesses.Measure(program, notebook);
    return;
}

// One core, files in memory. Seconds are processor seconds, so that a busy machine does not count, and the best of the passes
// that fit into three of them. The peers do the same files in the same run.
Console.WriteLine("| set | work | MB/s | notebooks/s | allocated per MB read | times json | times nbformat |");
Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
foreach (var (name, files) in Corpus.Sets())
{
    var size = files.Sum(file => (long)file.Length) / 1e6;
    var target = new ArrayBufferWriter<byte>(files.Max(file => file.Length) * 2);
    var peers = Peers.Measure(files);
    var models = files.Select(file => Model(file)).ToArray();
    Row("parse + write", file => Document(file).WriteTo(target));
    Row("parse + model", file => Document(file).WriteJupyterModel(target));
    RowOf("parse + update, nothing new", (file, number) => Document(file).Update(models[number]).Document!.WriteTo(target));
    RowOf("parse + Jupyter's file from a model", (_, number) => NotebookDocument.FromJupyterModel(models[number]).Document!.WriteTo(target));
    Row("parse + source hash", file => Document(file).SourceHash());
    Line("json load + dump", peers.Json, null);
    Line("nbformat read + write", peers.Nbformat, null);

    void Row(string work, Action<byte[]> run) => RowOf(work, (file, _) => run(file));

    void RowOf(string work, Action<byte[], int> run)
    {
        var best = double.MaxValue;
        long allocated = 0;
        for (var begun = Environment.CpuUsage.TotalTime; (Environment.CpuUsage.TotalTime - begun).TotalSeconds < 3;)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Environment.CpuUsage.TotalTime;
            for (var number = 0; number < files.Length; number++)
            {
                target.ResetWrittenCount();
                run(files[number], number);
            }
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalSeconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Line(work, best, allocated);
    }

    void Line(string work, double seconds, long? allocated) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {name} | {work} | {size / seconds:0} | {files.Length / seconds:0} | {(allocated is { } bytes ? $"{bytes / 1e3 / size:0.0} kB" : "")} | {peers.Json / seconds:0.0} | {peers.Nbformat / seconds:0.0} |"));
}

static NotebookDocument Document(byte[] file) => NotebookDocument.Parse(file).Document!;

static byte[] Model(byte[] file)
{
    var writer = new ArrayBufferWriter<byte>();
    Document(file).WriteJupyterModel(writer);
    return writer.WrittenSpan.ToArray();
}
