"""Options of QSVEncC, NVEncC and VCEEncC that name no file, send nothing and run nothing.

QSVEncC's were tried with 8.22, those of the other two are read from their documents (9.32, 9.13).
"""

from __future__ import annotations

# What all three have.
SHARED_FLAGS = frozenset("--no-deblock --repeat-headers --lowlatency".split())
SHARED_VALUES = frozenset(
    """
    -c --codec --profile --level --tier --output-depth --output-res --cqp --vbr --cbr --qvbr -u
    --colormatrix --colorprim --transfer --colorrange --chromaloc --max-cll --master-display --max-bitrate
    --vbv-bufsize --gop-len -b --bframes --ref --qp-min --qp-max --slices --sar --dar --crop --interlace
    --vpp-convolution3d --vpp-deband --vpp-decomb --vpp-edgelevel --vpp-knn --vpp-nlmeans --vpp-pmd
    --vpp-resize --vpp-rotate --vpp-smooth --vpp-transform --vpp-tweak --vpp-unsharp --vpp-warpsharp
    --vpp-yadif --log-level -d --device --output-thread --avsync --thread-affinity --dolby-vision-profile
    """.split()
)
QSVENC_FLAGS = SHARED_FLAGS | frozenset(
    """
    --fixed-func --no-i-adapt --i-adapt --no-b-adapt --b-adapt --b-pyramid --open-gop --strict-gop --weightb
    --weightp --fade-detect --repartition-check --direct-bias-adjust --extbrc --mbbrc
    --adapt-ref --adapt-ltr --adapt-cqm --i-frames-lossless --tff --bff
    --hw --sw --d3d11 --d3d9 --va
    """.split()
)
QSVENC_VALUES = SHARED_VALUES | frozenset(
    """
    --output-csp --icq --la --la-icq --la-depth --la-quality --la-window-size --qvbr-quality --avbr --vcm
    --quality --qp-offset --trellis --mv-scaling --sao --ctu --tskip
    --vpp-deinterlace --vpp-denoise --vpp-mctf --vpp-resize-mode --vpp-detail-enhance --vpp-image-stab
    --vpp-perc-pre-enc --vpp-fruc --hyper-mode --function-mode --scenario-info --tune
    --async-depth -a --input-thread --hevc-gpb --tile-row --tile-col
    """.split()
)
NVENCC_FLAGS = SHARED_FLAGS | frozenset(
    """
    --no-i-adapt --no-b-adapt --strict-gop --weightp --nonrefp --unidirectb --aq --aq-temporal --lossless
    """.split()
)
NVENCC_VALUES = SHARED_VALUES | frozenset(
    """
    --preset --tune --output-csp --multipass --qp-init --chroma-qp-offset --vbr-quality --lookahead
    --lookahead-level --multiref-l0 --multiref-l1 --aq-strength --bref-mode --temporal-layers --mv-precision
    --cu-max --cu-min --tf-level --part-size-min --part-size-max --tile-columns --tile-rows --refs-forward
    --refs-backward --split-enc --vpp-deinterlace --vpp-fruc --cuda-schedule
    """.split()
)
VCEENCC_FLAGS = SHARED_FLAGS | frozenset("--b-pyramid --vbaq --pe --filler --enforce-hrd".split())
VCEENCC_VALUES = SHARED_VALUES | frozenset(
    """
    --preset --qvbr-quality --cbrhq --vbrhq --b-deltaqp --bref-deltaqp --ltr --motion-est --tiles --cdef-mode
    --temporal-layers --aq-mode
    """.split()
)
