namespace Holdfast.Hub.Output;

/// <summary>
/// The values of one metric, however many: at most 1,000 stretches, of each the lowest and the highest value. When there are more, two and two become one, and from then on
/// each takes twice as many values.
/// </summary>
internal sealed class Curve
{
    private const int MostStretches = 1000;
    private readonly List<Stretch> _stretches = [];
    private int _width = 1;
    private double _run;
    private long _count, _notFinite;
    private MetricPoint? _last;

    /// <summary>How many points it holds.</summary>
    public int Size => _stretches.Count * 2;

    /// <summary>A value, the one after all before it. Of a process that goes on from a checkpoint the values stand in the place of those that the one before it had from there on.</summary>
    public void Add(double? step, double time, double value, double run)
    {
        if (run > _run)
        {
            _run = run;
            if (step is { } from)
            {
                _stretches.RemoveAll(stretch => stretch.Low.Step >= from || stretch.High.Step >= from);
                _last = _stretches.Count == 0 ? null : _stretches[^1].End;
            }
        }
        var point = new MetricPoint(_count++, step, time, value);
        if (!double.IsFinite(value))
        {
            _notFinite++;
            return;
        }
        _last = point;
        if (_stretches.Count > 0 && _stretches[^1].Count < _width)
        {
            _stretches[^1] = _stretches[^1].With(point);
            return;
        }
        if (_stretches.Count == MostStretches) Halve();
        _stretches.Add(new Stretch(point, point, point, 1));
    }

    /// <summary>What is known of it now.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="points">Whether all its points are wanted.</param>
    public MetricSeries Read(string name, bool points) => _stretches.Count == 0
        ? new MetricSeries(name, _count, _notFinite, null, null, null, [])
        : new MetricSeries(name, _count, _notFinite, _stretches.MinBy(stretch => stretch.Low.Value).Low, _stretches.MaxBy(stretch => stretch.High.Value).High, _last,
            points ? [.. _stretches.SelectMany(stretch => stretch.Points())] : []);

    private void Halve()
    {
        for (var at = 0; at < MostStretches / 2; at++) _stretches[at] = _stretches[2 * at].With(_stretches[2 * at + 1]);
        _stretches.RemoveRange(MostStretches / 2, MostStretches / 2);
        _width *= 2;
    }

    private readonly record struct Stretch(MetricPoint Low, MetricPoint High, MetricPoint End, int Count)
    {
        public Stretch With(MetricPoint point) => new(point.Value < Low.Value ? point : Low, point.Value > High.Value ? point : High, point, Count + 1);

        public Stretch With(Stretch next) => new(next.Low.Value < Low.Value ? next.Low : Low, next.High.Value > High.Value ? next.High : High, next.End, Count + next.Count);

        /// <summary>In the order in which they were logged.</summary>
        public IEnumerable<MetricPoint> Points() => Low.Number == High.Number ? [Low] : Low.Number < High.Number ? [Low, High] : [High, Low];
    }
}
